// Arrows choose in a group of radio buttons; what scrolls sideways can be reached; a field for files is a group;
// the heading of a calendar does not pose as the banner of the page; a message is named by its text. What was typed into a field of a
// popover is taken by Esc, which closes it, as it is by a click elsewhere; of a calendar or a list of choices and its
// popover Esc closes one. Where a key makes the part vanish that has the focus, what is nearest to its place has it.
const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]

function choose(event) {
  if (!ARROWS.includes(event.key) || !event.target.matches?.('[role="radiogroup"] [role="radio"]')) return
  setTimeout(() => {
    const now = document.activeElement
    if (now !== event.target && now?.matches('[role="radio"][aria-checked="false"]')) now.click()
  })
}

function keepTyped(event) {
  if (event.key !== "Escape" || !event.target.matches) return
  const field = event.target
  if (field.matches('[role="combobox"][aria-expanded="true"]')) return
  const calendar = document.querySelector('[data-testid="stDateInputCalendar"]')
  const popover = document.querySelector('[data-testid="stPopoverBody"]')
  const isInCalendar = calendar?.contains(field)
  if (!popover || !(isInCalendar || popover.contains(field))) return
  if (calendar) event.stopImmediatePropagation()
  if (isInCalendar) popover.querySelector('[data-testid="stDateInputCalendarButton"][aria-expanded="true"]')?.click()
  else if (field.matches("input, textarea")) field.blur()
  else if (calendar || field.matches('[role="spinbutton"]')) {
    popover.setAttribute("tabindex", "-1")
    popover.focus({ preventScroll: true })
  }
}

// The part with the focus and what is around it, or around what opened its popover; nothing once the mouse is used.
const FOCUSABLE = 'a[href], button:enabled, input:enabled, textarea:enabled, summary, [tabindex="0"]'
const HELP = '[data-testid="stTooltipIcon"]'
let isByKeys = false, around = []

function follow(event) {
  const outwards = []
  for (let part = event.target; part && part !== document.body; part = part.parentElement) outwards.push(part)
  around = event.target.closest('[data-testid="stMain"]') ? outwards : [...outwards, ...around]
}

function refocus() {
  const isDrawn = document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]')
  if (!isByKeys || !isDrawn || document.activeElement !== document.body || around[0]?.isConnected !== false) return
  for (const part of around.filter((it) => it.isConnected)) {
    const near = [...part.querySelectorAll(FOCUSABLE)].filter((it) => it.tabIndex >= 0 && !it.closest(HELP))
    const next = near.find((it) => it.checkVisibility())
    if (next) return next.focus({ preventScroll: true })
  }
}

function reach() {
  for (const around of document.querySelectorAll('[data-testid="stTable"], [data-testid="stTable"] div')) {
    const scrolls = around.scrollWidth > around.clientWidth && getComputedStyle(around).overflowX === "auto"
    if (scrolls === around.hasAttribute("tabindex")) continue
    if (scrolls) around.setAttribute("tabindex", "0")
    else around.removeAttribute("tabindex")
  }
  for (const field of document.querySelectorAll('[data-testid="stFileUploaderDropzone"][role="presentation"]')) {
    field.setAttribute("role", "group")
  }
  for (const header of document.querySelectorAll("header:not(.stAppHeader):not([role])")) {
    header.setAttribute("role", "presentation")
  }
  for (const message of document.querySelectorAll('[data-testid="stToast"][aria-labelledby]')) {
    const text = message.querySelector('[data-testid="stToastText"]')
    if (text) text.id = message.getAttribute("aria-labelledby")
  }
}

export default function () {
  if (window.dxnetKeyboard) return
  window.dxnetKeyboard = true
  document.addEventListener("keydown", choose, true)
  document.addEventListener("keydown", () => { isByKeys = true }, true)
  document.addEventListener("pointerdown", () => { isByKeys = false }, true)
  document.addEventListener("focusin", follow)
  window.addEventListener("keydown", keepTyped, true)
  let asked = false
  new MutationObserver(() => {
    if (asked) return
    asked = true
    requestAnimationFrame(() => { asked = false; reach(); refocus() })
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-test-script-state"] })
  window.addEventListener("resize", reach)
  reach()
}
