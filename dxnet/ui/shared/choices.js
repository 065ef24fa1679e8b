// What is chosen by a click, anywhere in its row of a table, or by the keyboard. A button that is pressed or not is so
// at once; the server hears which are pressed then, with the moment of the click, as the same ones may be chosen again
// after a step was taken back.
export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  if (parentElement.drawn !== data.html) {
    const at = parentElement.contains(document.activeElement) ? document.activeElement.dataset.key : undefined
    parentElement.drawn = data.html
    parentElement.innerHTML = data.html
    if (at) parentElement.querySelector(`[data-key="${CSS.escape(at)}"]`)?.focus()
  }
  parentElement.onclick = ({ target }) => {
    const button = target.closest("[data-key]") ?? target.closest("tr")?.querySelector("[data-key]")
    if (!button) return
    if (!button.hasAttribute("aria-pressed")) return setTriggerValue("picked", button.dataset.key)
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"))
    const names = [...parentElement.querySelectorAll('[aria-pressed="true"]')].map((it) => it.dataset.key)
    parentElement.drawn = undefined
    setStateValue("pressed", { names, at: performance.now() })
  }
}
