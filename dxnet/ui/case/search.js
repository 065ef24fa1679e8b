// The field in which a finding is found or written. The browser alone fills and empties it, so that no letter is lost
// while the server draws, and keeps what stands in it while another page is open. What was entered waits until the
// server says that it has it: it is told all that waits, by numbers of which it takes each once, and only while the
// page is drawn to its end: with what it is told goes what stands in all fields, which must not be older. What it refused
// comes back, selected, as soon as the field is empty: who types on replaces it, who edits it corrects it.
const AGAIN = 3000, SOON = 40 // ms until the server is told again what it does not have yet, and is looked for
const IS_IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
const offered = new Set()
let text = "", waiting = [], last = 0, refused = null, told = { last: 0, at: 0 }

function make(tag, properties, attributes) {
  const made = Object.assign(document.createElement(tag), properties)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}

class Search {
  constructor(parent, { label, placeholder }) {
    const named = { "aria-label": label }
    this.list = make("ul", { id: "search_choices", hidden: true }, { role: "listbox", ...named })
    this.field = make("input", { type: "text", autocomplete: "off", spellcheck: false, placeholder, value: text },
      { role: "combobox", "aria-autocomplete": "list", "aria-controls": this.list.id, "aria-expanded": "false", ...named })
    const box = make("div", { className: "search" }, {})
    box.append(this.field, this.list)
    parent.append(box)
    this.field.addEventListener("beforeinput", () => { if (this.isAllSelected()) refused = null })
    this.field.addEventListener("input", () => { text = this.field.value; this.open() })
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
    this.field.value = text = value
  }

  // What may be chosen: to enter what is written, or a finding that has it in one of its names.
  open() {
    const written = text.trim(), sought = written.toLowerCase()
    const found = this.data.findings.filter(([, names]) => names.toLowerCase().includes(sought))
    const choices = written ? [[written, `Enter: ${written}`], ...found] : found
    this.list.replaceChildren(...choices.map(([value, names], at) => {
      const choice = make("li", { id: `search_choice_${at}`, textContent: names }, { role: "option", "aria-selected": "false" })
      choice.dataset.text = value
      return choice
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
    const next = all[from < 0 ? (by > 0 ? (text.trim() ? 1 : 0) : all.length - 1) : from + by] ?? all[0]
    this.chosen()?.setAttribute("aria-selected", "false")
    next.setAttribute("aria-selected", "true")
    this.field.setAttribute("aria-activedescendant", next.id)
    next.scrollIntoView({ block: "nearest" })
  }

  onKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === "Enter") this.enter(this.chosen()?.dataset.text ?? text.trim())
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.step(event.key === "ArrowDown" ? 1 : -1)
    else if (event.key === "Escape" && !this.list.hidden) this.close()
    else if (event.key === "Escape" && text) this.fill("")
    else return
    event.preventDefault()
  }

  enter(written) {
    if (!written) return
    last = Math.max(last + 1, Date.now())
    waiting.push({ number: last, text: written, corrects: refused?.number ?? null })
    refused = null
    this.fill("")
    this.close()
    this.tell()
  }

  // A session that has not taken up what the browser keeps would lose what is entered before.
  tell() {
    clearTimeout(this.timer)
    if (!waiting.length || !this.field.isConnected) return
    const isOwn = sessionStorage.getItem("dxnet.session") === this.data.session
    this.idle = isOwn && document.querySelector(IS_IDLE) ? (this.idle ?? 0) + 1 : 0
    const isHeard = waiting[0].number <= told.last && Date.now() - told.at < AGAIN
    if (this.idle > 1 && !isHeard) {
      told = { last, at: Date.now() }
      this.send("entered", waiting)
    }
    this.timer = setTimeout(() => this.tell(), SOON)
  }

  draw(data, send) {
    Object.assign(this, { data, send })
    waiting = waiting.filter((it) => it.number > data.taken)
    if (refused && text === refused.text && !data.refused.some((it) => it.number === refused.number)) this.fill("")
    const next = data.refused.find((it) => !offered.has(it.number))
    if (!next || text || waiting.length) return
    offered.add(next.number)
    refused = next
    this.fill(next.text)
    if (document.activeElement === this.field) this.field.select()
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const isNew = !parentElement.search
  parentElement.search ??= new Search(parentElement, data)
  parentElement.search.draw(data, setTriggerValue)
  if (isNew) parentElement.search.tell()
  return () => { delete parentElement.search }
}
