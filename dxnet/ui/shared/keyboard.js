// Arrows choose in a group of radio buttons; what scrolls sideways can be reached; a field for files is a group.
const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]

function choose(event) {
  if (!ARROWS.includes(event.key) || !event.target.matches?.('[role="radiogroup"] [role="radio"]')) return
  setTimeout(() => {
    const now = document.activeElement
    if (now !== event.target && now?.matches('[role="radio"][aria-checked="false"]')) now.click()
  })
}

function reach() {
  for (const table of document.querySelectorAll('[data-testid="stTable"] table')) {
    const around = table.parentElement
    const scrolls = around.scrollWidth > around.clientWidth
    if (scrolls === around.hasAttribute("tabindex")) continue
    if (scrolls) around.setAttribute("tabindex", "0")
    else around.removeAttribute("tabindex")
  }
  for (const field of document.querySelectorAll('[data-testid="stFileUploaderDropzone"][role="presentation"]')) {
    field.setAttribute("role", "group")
  }
}

export default function () {
  if (window.dxnetKeyboard) return
  window.dxnetKeyboard = true
  document.addEventListener("keydown", choose, true)
  new MutationObserver(reach).observe(document.body, { childList: true, subtree: true })
  window.addEventListener("resize", reach)
  reach()
}
