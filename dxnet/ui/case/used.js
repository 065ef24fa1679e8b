// The findings entered, a button each: pressed while it is in use. A click is obeyed at once; the server hears which
// are pressed then, with the moment of the click, as the same ones may be chosen again after a step was taken back.
export default function ({ data, parentElement, setStateValue }) {
  if (parentElement.drawn !== data.findings) {
    const at = parentElement.contains(document.activeElement) ? document.activeElement.dataset.key : undefined
    parentElement.drawn = data.findings
    parentElement.innerHTML = data.findings
    if (at) parentElement.querySelector(`[data-key="${CSS.escape(at)}"]`)?.focus()
  }
  parentElement.onclick = (event) => {
    const button = event.target.closest("button[data-key]")
    if (!button) return
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"))
    const names = [...parentElement.querySelectorAll('[aria-pressed="true"]')].map((it) => it.dataset.key)
    parentElement.drawn = undefined
    setStateValue("chosen", { names, at: performance.now() })
  }
}
