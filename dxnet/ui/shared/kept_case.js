// The case on the page, kept in this tab until it is closed: a reload or a new server finds it again.
const PLACE = "dxnet.case", SESSION = "dxnet.session"

export default function ({ data, setTriggerValue }) {
  const storage = window.sessionStorage
  if (storage.getItem(SESSION) !== data.session) {
    storage.setItem(SESSION, data.session)
    const kept = storage.getItem(PLACE)
    if (kept && kept !== data.kept) {
      setTriggerValue("found", kept)
      return
    }
  }
  if (data.kept) storage.setItem(PLACE, data.kept)
  else storage.removeItem(PLACE)
}
