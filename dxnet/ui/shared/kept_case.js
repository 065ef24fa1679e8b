// The case on the page and the steps before and after it, kept in this tab until it is closed: a reload or a
// new server finds them again. steps[at] is the case on the page; a step that was never drawn is null.
// The networks that this tab keeps, and which of them is in use, come back with the case: it may need them.
// What an earlier session kept stays until this one has taken it.
const PLACE = "dxnet.case", SESSION = "dxnet.session", NETWORKS = "dxnet.networks", IN_USE = "dxnet.in_use"
let asked = ""

function keep(storage, kept) {
  try {
    storage.setItem(PLACE, JSON.stringify(kept))
  } catch {
    storage.setItem(PLACE, JSON.stringify({ steps: [kept.steps[kept.at]], at: 0 })) // full: the case alone
  }
}

export default function ({ data, setTriggerValue }) {
  const storage = window.sessionStorage
  const found = storage.getItem(PLACE)
  const old = found ? JSON.parse(found) : { steps: [], at: 0 }
  if (storage.getItem(SESSION) !== data.session) {
    const networks = storage.getItem(NETWORKS), isCase = old.steps.length > 1 || old.steps[old.at] !== data.kept
    if (!data.taken && (networks || (found && isCase))) {
      if (asked !== data.session) {
        setTriggerValue("found", JSON.stringify({ ...old, networks, inUse: storage.getItem(IN_USE) }))
      }
      asked = data.session
      return
    }
    storage.setItem(SESSION, data.session)
  }
  storage.setItem(IN_USE, data.inUse)
  const length = data.before + 1 + data.after
  const steps = Array.from({ length }, (_, i) => (i === data.before ? data.kept : (old.steps[i] ?? null)))
  if (data.kept || length > 1) keep(storage, { steps, at: data.before })
  else storage.removeItem(PLACE)
}
