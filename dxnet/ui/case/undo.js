// Ctrl+Z in a field with text is the browser's own: it takes letters back, not findings.
function keepForText(event) {
  const field = event.target
  const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z"
  if (isUndo && field instanceof HTMLInputElement && field.value && field.matches(":not([readonly])")) {
    event.stopImmediatePropagation()
  }
}

export default function () {
  window.addEventListener("keydown", keepForText, true)
  return () => window.removeEventListener("keydown", keepForText, true)
}
