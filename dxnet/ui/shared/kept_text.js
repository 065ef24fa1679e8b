// A text that this tab keeps until it is closed: a reload or a new server finds it again.
export default function ({ data, setTriggerValue }) {
  const storage = window.sessionStorage, session = `${data.place}.session`
  const found = storage.getItem(data.place)
  if (storage.getItem(session) !== data.session) {
    storage.setItem(session, data.session)
    if (found && found !== data.text) {
      setTriggerValue("found", found)
      return
    }
  }
  storage.removeItem(data.place)
  if (!data.text) return
  try {
    storage.setItem(data.place, data.text)
  } catch {} // full: it is not kept
}
