// A text that this tab keeps until it is closed: a reload or a new server finds it again. It is left alone until
// the session has taken it, be it with the case.
const asked = new Set()

export default function ({ data, setTriggerValue }) {
  const storage = window.sessionStorage
  const session = data.withCase ? "dxnet.session" : `${data.place}.session`
  if (storage.getItem(session) !== data.session) {
    const found = storage.getItem(data.place), ask = `${data.session} ${data.place}`
    if (data.withCase) return
    if (!data.taken && found && found !== data.text) {
      if (!asked.has(ask)) setTriggerValue("found", found)
      asked.add(ask)
      return
    }
    storage.setItem(session, data.session)
  }
  storage.removeItem(data.place)
  if (!data.text) return
  try {
    storage.setItem(data.place, data.text)
  } catch {} // full: it is not kept
}
