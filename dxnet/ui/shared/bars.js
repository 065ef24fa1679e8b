// Bars of which a click chooses one: anywhere in its row, or by the keyboard on its name.
const drawn = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  if (drawn.get(parentElement) !== data.bars) {
    const at = parentElement.contains(document.activeElement) ? document.activeElement.dataset.key : undefined
    drawn.set(parentElement, data.bars)
    parentElement.innerHTML = data.bars
    if (at) parentElement.querySelector(`[data-key="${CSS.escape(at)}"]`)?.focus()
  }
  parentElement.onclick = (event) => {
    const key = event.target.closest("tr")?.querySelector("[data-key]")?.dataset.key
    if (key) setTriggerValue("picked", key)
  }
}
