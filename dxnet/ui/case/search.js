// The field in which a finding is found or written. The browser alone fills and empties it, so that no letter is lost
// while the server draws, and keeps what stands in it while another page is open. What was entered waits until the
// server says that it has it: it is told all that waits, by numbers of which it takes each once, and only while the
// page is drawn to its end: with what it is told goes what stands in all fields, which must not be older. What it refused
// comes back, selected, as soon as the field is empty: who edits it corrects it, as does a line typed over it that
// has a word of it; any other line is one more entry.
// All of it is of the case that was open when it was written: each has that case's mark, and what is left in the field
// goes with the case. Undo takes back what waits before what the server has; a reload finds both again in this tab.
const AGAIN = 3000, SOON = 40 // ms until the server is told again what it does not have yet, and is looked for
const offered = new Set()
const PLACE = "dxnet.search", NEXT = null // the mark of a case that is about to begin
let kept = JSON.parse(sessionStorage.getItem(PLACE)) ?? { session: "", mark: "", text: "", waiting: [] }
let last = Math.max(0, ...kept.waiting.map((it) => it.number)), refused = null, told = { last: 0, at: 0 }

function keep(changed) {
  kept = { ...kept, ...changed }
  try {
    if (kept.text || kept.waiting.length) sessionStorage.setItem(PLACE, JSON.stringify(kept))
    else sessionStorage.removeItem(PLACE)
  } catch {} // full: a reload loses it
}

function remark(mark) {
  keep({ mark, waiting: kept.waiting.map((it) => (it.mark === kept.mark ? { ...it, mark } : it)) })
}

class Search {
  constructor(parent, { label, placeholder }) {
    this.list = make("ul", { id: "search_choices", hidden: true, aria: { role: "listbox", label } })
    const aria = { role: "combobox", autocomplete: "list", controls: this.list.id, expanded: "false", label }
    const plain = { type: "text", autocomplete: "off", spellcheck: false, placeholder, value: kept.text }
    this.field = make("input", { ...plain, aria })
    parent.append(make("div", { className: "search" }, this.field, this.list))
    this.field.addEventListener("beforeinput", () => {
      if (refused && this.isAllSelected()) refused = { ...refused, isTypedOver: true }
    })
    this.field.addEventListener("input", () => { keep({ text: this.field.value }); this.open() })
    this.field.addEventListener("click", () => this.open())
    this.field.addEventListener("blur", () => this.close())
    this.field.addEventListener("keydown", (event) => this.onKey(event))
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()) // the field keeps the focus
    this.list.addEventListener("click", (event) => this.enter(event.target.closest("li")?.dataset.text))
  }

  isAllSelected() {
    return this.field.selectionStart === 0 && this.field.selectionEnd === this.field.value.length
  }

  fill(value) {
    this.field.value = value
    keep({ text: value })
  }

  // What may be chosen: to enter what is written, or a finding that has it in one of its names, where a word begins so
  // before others.
  open() {
    const written = kept.text.trim(), sought = written.toLowerCase()
    const found = this.data.findings.filter(([, names]) => names.toLowerCase().includes(sought))
    const begins = ([, names]) => ` ${names.toLowerCase()}`.includes(` ${sought}`)
    found.sort((one, other) => begins(other) - begins(one))
    const choices = written ? [[written, `Enter: ${written}`], ...found] : found
    this.list.replaceChildren(...choices.map(([value, names], at) => {
      const aria = { role: "option", selected: "false" }
      return make("li", { id: `search_choice_${at}`, data: { text: value }, aria }, names)
    }))
    this.show(choices.length > 0)
  }

  close() {
    this.list.replaceChildren()
    this.show(false)
  }

  show(isOpen) {
    this.list.hidden = !isOpen
    this.field.setAttribute("aria-expanded", String(isOpen))
    this.field.removeAttribute("aria-activedescendant")
  }

  chosen() {
    return this.list.querySelector('[aria-selected="true"]')
  }

  step(by) {
    if (this.list.hidden) return this.open()
    const all = [...this.list.children], from = all.indexOf(this.chosen())
    const next = all[from < 0 ? (by > 0 ? (kept.text.trim() ? 1 : 0) : all.length - 1) : from + by] ?? all[0]
    this.chosen()?.setAttribute("aria-selected", "false")
    next.setAttribute("aria-selected", "true")
    this.field.setAttribute("aria-activedescendant", next.id)
    next.scrollIntoView({ block: "nearest" })
  }

  onKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === "Enter") this.enter(this.chosen()?.dataset.text ?? kept.text.trim())
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.step(event.key === "ArrowDown" ? 1 : -1)
    else if (event.key === "Escape" && !this.list.hidden) this.close()
    else if (event.key === "Escape" && kept.text) this.fill("")
    else return
    event.preventDefault()
  }

  enter(written) {
    if (!written) return
    last = Math.max(last + 1, Date.now())
    const entry = { number: last, mark: kept.mark, text: written, corrects: this.corrected(written) }
    refused = null
    keep({ waiting: [...kept.waiting, entry] })
    this.fill("")
    this.close()
    this.tell()
  }

  corrected(written) {
    const words = refused?.text.toLowerCase().match(/[\p{L}\d]{2,}/gu) ?? []
    const isCorrected = !refused?.isTypedOver || words.some((word) => written.toLowerCase().includes(word))
    return isCorrected ? refused?.number ?? null : null
  }

  // Whether the session has taken up what the browser keeps: what is entered before would be lost.
  isOwn() {
    return sessionStorage.getItem("dxnet.session") === this.data.session
  }

  tell() {
    clearTimeout(this.timer)
    const isNew = kept.session !== this.data.session
    if ((!kept.waiting.length && !isNew) || !this.field.isConnected) return
    this.idle = this.isOwn() && isPageDrawn() ? (this.idle ?? 0) + 1 : 0
    if (this.idle > 1 && isNew) { // the case that was open is, with its steps, that of the new session
      if (kept.mark !== NEXT) remark(this.data.mark)
      keep({ session: this.data.session, mark: this.data.mark })
    }
    const known = kept.waiting.filter((it) => it.mark !== NEXT || kept.mark !== NEXT)
    const isHeard = known.length && known[0].number <= told.last && Date.now() - told.at < AGAIN
    if (this.idle > 1 && known.length && !isHeard) {
      told = { last: known.at(-1).number, at: Date.now() }
      this.send("entered", known)
    }
    this.timer = setTimeout(() => this.tell(), SOON)
  }

  // Another case than the text is of: unless it was written after the click that began the new one, it goes.
  follow(mark) {
    if (kept.session !== this.data.session || kept.mark === mark) return
    if (kept.mark === NEXT) {
      if (mark !== this.before) remark(mark)
      return
    }
    keep({ mark })
    this.forget()
  }

  forget() {
    this.fill("")
    this.close()
    refused = null
    offered.clear()
  }

  onClick(event) {
    const button = event.target.closest?.(".st-key-undo button, .st-key-redo button, .st-key-new_case button")
    if (!button) return
    if (!button.closest(".st-key-new_case")) return this.takeBack(event, button.closest(".st-key-undo"))
    if (kept.mark !== NEXT) this.before = kept.mark
    keep({ mark: NEXT })
    this.forget()
  }

  onUndoKey(event) {
    const isWritten = event.target.matches?.("input, textarea") && event.target.value
    if (isWritten || !(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "z") return
    this.takeBack(event, !event.shiftKey)
  }

  // The last step is one that the server has not heard of: it goes, and there is none to do again.
  takeBack(event, isUndo) {
    const entry = kept.waiting.at(-1)
    if (!entry || entry.number <= told.last || entry.mark !== kept.mark) return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (isUndo) keep({ waiting: kept.waiting.slice(0, -1) })
  }

  draw(data, send) {
    Object.assign(this, { data, send })
    this.follow(data.mark)
    keep({ waiting: kept.waiting.filter((it) => it.number > data.taken) })
    if (refused && kept.text === refused.text && !data.refused.some((it) => it.number === refused.number)) this.fill("")
    const next = data.refused.find((it) => !offered.has(it.number))
    if (!next || kept.text || kept.waiting.length || kept.mark === NEXT) return
    offered.add(next.number)
    refused = next
    this.fill(next.text)
    if (document.activeElement === this.field) this.field.select()
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const isNew = !parentElement.search
  const search = (parentElement.search ??= new Search(parentElement, data))
  search.draw(data, setTriggerValue)
  if (isNew || kept.session !== data.session) search.tell()
  if (!isNew) return search.end
  const listeners = { click: (event) => search.onClick(event), keydown: (event) => search.onUndoKey(event) }
  for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener, true)
  search.end = () => {
    for (const [name, listener] of Object.entries(listeners)) window.removeEventListener(name, listener, true)
    delete parentElement.search
  }
  return search.end
}
