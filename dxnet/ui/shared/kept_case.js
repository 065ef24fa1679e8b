// What this tab keeps until it is closed, so that a reload or a new server finds it again: here the case on the page and
// the steps before and after it, and which network is in use; kept_text.js keeps the rest. steps[at] is the case on the
// page; a step that was never drawn is null. A new session is told once what an earlier one kept, all of it. That stays
// until the case is taken up; from then on this tab keeps what is of the new session.
const PLACE = "dxnet.case", SESSION = "dxnet.session", IN_USE = "dxnet.in_use"
const NOT_TOLD = [SESSION, "dxnet.search"] // search.js takes up its own
let asked = ""

function keptBefore(storage) {
  const places = Object.keys(storage).filter((it) => it.startsWith("dxnet.") && !NOT_TOLD.includes(it))
  return Object.fromEntries(places.map((it) => [it.slice("dxnet.".length), storage.getItem(it)]))
}

function keep(storage, kept) {
  try {
    storage.setItem(PLACE, JSON.stringify(kept))
  } catch {
    storage.setItem(PLACE, JSON.stringify({ steps: [kept.steps[kept.at]], at: 0 })) // full: the case alone
  }
}

export default function ({ data, setTriggerValue }) {
  const storage = window.sessionStorage
  if (storage.getItem(SESSION) !== data.session) {
    const found = keptBefore(storage)
    if (!data.taken && Object.keys(found).length) {
      if (asked !== data.session) setTriggerValue("found", found)
      asked = data.session
      return
    }
    storage.setItem(SESSION, data.session)
  }
  if (data.inUse) storage.setItem(IN_USE, data.inUse)
  else storage.removeItem(IN_USE)
  const old = JSON.parse(storage.getItem(PLACE)) ?? { steps: [] }, length = data.before + 1 + data.after
  const steps = Array.from({ length }, (_, i) => (i === data.before ? data.kept : (old.steps[i] ?? null)))
  if (data.kept || length > 1) keep(storage, { steps, at: data.before })
  else storage.removeItem(PLACE)
}
