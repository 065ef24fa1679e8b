// A text that this tab keeps until it is closed: a reload or a new server finds it again. What an earlier session kept
// is left alone until kept_case.js says that this one has taken up its case.
export default function ({ data }) {
  const storage = window.sessionStorage
  if (storage.getItem("dxnet.session") !== data.session) return
  storage.removeItem(data.place)
  if (!data.text) return
  try {
    storage.setItem(data.place, data.text)
  } catch {} // full: it is not kept
}
