// What the widgets lack for the keyboard: arrows choose in a group of radio buttons, and Tab comes to the one that is
// chosen; what scrolls sideways can be reached, and what a popover holds from its button. What was typed into a field of
// a popover is taken by Esc, which closes it, as it is by a click elsewhere; of a calendar or a list of choices and its
// popover Esc closes one. Where a key makes the part vanish that has the focus, what is nearest to its place has it.
// A key that is held down presses once.
// For screen readers: a field for files is a group; the heading of a calendar does not pose as the banner of the page;
// names of messages, buttons and rows, texts of help, and what a page has to say.
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

// The part with the focus and what is around it, or around what opened its popover; nothing once the mouse is used. A
// click without a pointer is that of a screen reader, and counts as a key.
const FOCUSABLE = 'a[href], button:enabled, input:enabled, textarea:enabled, summary, [tabindex="0"]'
const HELP = '[aria-label^="Help"]'
const POPOVER = '[data-testid="stPopoverBody"]'
let isByKeys = false, lastKey = "", around = [], entered = null

const controls = (part) =>
  [...part.querySelectorAll(FOCUSABLE)].filter((it) => it.tabIndex >= 0 && !it.matches(HELP) && it.checkVisibility())

function follow(event) {
  const outwards = []
  for (let part = event.target; part && part !== document.body; part = part.parentElement) outwards.push(part)
  around = event.target.closest('[data-testid="stMain"]') ? outwards : [...outwards, ...around]
}

// What had the focus has it again after the page was drawn; if it is gone or disabled, what is nearest to its place.
function refocus() {
  const isLost = document.activeElement === document.body && document.hasFocus()
  if (!isByKeys || !isPageDrawn() || !isLost || !around.length) return
  const last = around[0]
  last.focus({ preventScroll: true })
  if (document.activeElement === last) return
  const isAfter = (it) => !last.isConnected || last.compareDocumentPosition(it) & Node.DOCUMENT_POSITION_FOLLOWING
  for (const part of around.filter((it) => it.isConnected)) {
    const near = controls(part)
    if (near.length) return (near.find(isAfter) ?? near.at(-1)).focus({ preventScroll: true })
  }
}

// Tab comes to the radio button that is chosen, whichever is the first or was left last.
function comeToChosen(event) {
  const group = event.target.closest('[role="radiogroup"]')
  if (!isByKeys || lastKey !== "Tab" || !group || group.contains(event.relatedTarget)) return
  group.querySelector('[role="radio"][aria-checked="true"]')?.focus()
}

// What a popover holds stands at the end of the page, and is to be reached from its button: a popover that a key opened
// has the focus, at its first control if it has one, and Tab beyond its ends comes back to the button.
function enterPopover() {
  const popover = document.querySelector(POPOVER)
  if (popover === entered || popover?.matches(':empty, :has([data-testid="stSkeleton"])')) return
  entered = popover
  if (!popover || !isByKeys || popover.contains(document.activeElement)) return
  const first = controls(popover)[0] ?? popover
  if (first === popover) popover.setAttribute("tabindex", "-1")
  first.focus()
}

function leavePopover(event) {
  const popover = document.querySelector(POPOVER), at = document.activeElement
  if (event.key !== "Tab" || event.defaultPrevented || !popover?.contains(at)) return
  const inside = controls(popover)
  const end = event.shiftKey ? inside[0] : inside.at(-1)
  if (at !== end && !(at === popover && (event.shiftKey || !end))) return
  event.preventDefault()
  document.querySelector('[data-testid="stPopoverButton"][aria-expanded="true"]')?.focus()
}

// A key that is held down presses one button: not the one that has the focus after what the first press did.
function pressOnce(event) {
  if (!event.repeat || !["Enter", " "].includes(event.key)) return
  if (!event.composedPath()[0].matches?.("button, summary")) return
  event.preventDefault()
  event.stopImmediatePropagation()
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

// Names that Streamlit leaves out or gives twice. The name of a row is its first cell that is more than its rank.
const RANK = /^[\d–]*$/

function label(part, text) {
  if (part.getAttribute("aria-label") !== text) part.setAttribute("aria-label", text)
}

function nameParts() {
  for (const help of document.querySelectorAll('[data-testid="stCaptionContainer"] [aria-label^="Help"]')) {
    label(help, `Help for ${help.closest("p").textContent.trim().replace(/:$/, "")}`)
  }
  for (const field of document.querySelectorAll('[data-testid="stNumberInput"]')) {
    const name = field.querySelector("input").getAttribute("aria-label")
    for (const [end, does] of [["Down", "Decrement"], ["Up", "Increment"]]) {
      const step = field.querySelector(`[data-testid="stNumberInputStep${end}"]`)
      if (step) label(step, `${does}: ${name}`)
    }
  }
  for (const row of document.querySelectorAll('[data-testid="stTable"] tbody tr:not(:has([role="rowheader"]))')) {
    const cells = [...row.cells]
    const name = cells.find((it) => !RANK.test(it.textContent)) ?? cells[0]
    name?.setAttribute("role", "rowheader")
  }
  const tip = document.querySelector('[role="tooltip"][id]'), at = document.activeElement
  if (tip && isByKeys && at.closest('[data-testid="stTooltipHoverTarget"]')) at.setAttribute("aria-describedby", tip.id)
}

// What a page has to say (``data-said``) is said politely, by one region that stays: a new one is not always heard.
let region

function say() {
  if (!isPageDrawn()) return
  const said = document.querySelector("[data-said]")?.dataset.said ?? ""
  if (region ? region.textContent === said : !said) return
  region ??= Object.assign(document.createElement("div"), { className: "unseen" })
  region.setAttribute("role", "status")
  region.setAttribute("data-live-announcer", "true") // a dialog does not silence it
  region.textContent = said
  if (!region.isConnected) document.body.append(region)
}

export default function () {
  if (window.dxnetKeyboard) return
  window.dxnetKeyboard = true
  const byKey = (event) => { isByKeys = true; lastKey = event.key }
  document.addEventListener("keydown", choose, true)
  document.addEventListener("keydown", byKey, true)
  document.addEventListener("keydown", leavePopover)
  document.addEventListener("click", (event) => { if (event.isTrusted && !event.detail) isByKeys = true }, true)
  document.addEventListener("pointerdown", () => { isByKeys = false }, true)
  document.addEventListener("focusin", follow)
  document.addEventListener("focusin", comeToChosen)
  window.addEventListener("keydown", keepTyped, true)
  window.addEventListener("keydown", pressOnce, true)
  let asked = false
  const drawn = () => {
    asked = false
    reach()
    nameParts()
    enterPopover()
    say()
    setTimeout(refocus) // the browser takes the focus from a disabled button only after this frame
  }
  new MutationObserver(() => {
    if (!asked) requestAnimationFrame(drawn)
    asked = true
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-test-script-state"] })
  window.addEventListener("resize", reach)
  drawn()
}
