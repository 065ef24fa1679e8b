// A letter beside its findings. What is decided is known here first: every key is obeyed by what stands on the
// screen, and the server is told a moment later. Text of the letter is only ever put in as text, never as HTML.
const PAUSE = 400 // ms without a decision until the server is told
const KEYS = [["J", "K", "move"], ["A", "accept"], ["R", "reject"], ["1–9", "choose a state"], ["U", "undecided"],
  ["Shift+A", "accept all certain"], ["Ctrl+Enter", "take to the case"]]

// Letter -> what was decided of it and not told yet, where its page was left before; of no letter that is gone.
const untold = new Map()

class Review {
  constructor(data, send) {
    Object.assign(this, { data, send, decisions: untold.get(data.id) ?? { ...data.decisions }, rows: new Map() })
    this.findings = data.findings
    this.current = (this.findings.find((it) => !this.isDecided(it)) ?? this.findings[0]).finding
    this.root = make("div", { className: "letter" }, this.legend(), ...data.parts.map((_, at) => this.part(at)), this.bar())
    this.root.addEventListener("keydown", (event) => this.onKey(event))
    this.refresh()
  }

  // What is drawn once.
  sign(kind) {
    return make("span", { className: `sign ${kind}`, aria: { hidden: "true" } }, this.data.kinds[kind].sign)
  }

  legend() {
    const used = new Set(this.data.parts.flat().map((piece) => piece.kind))
    const shown = Object.entries(this.data.kinds).filter(([kind]) => used.has(kind))
    const entry = ([kind, { sign, name }]) =>
      make("li", {}, make("span", { className: `mark ${kind}` }, name, make("b", { aria: { hidden: "true" } }, sign)))
    return make("ul", { className: "legend", aria: { label: "Marks in the letter" } }, ...shown.map(entry))
  }

  part(at) {
    const rows = this.findings.flatMap((it) =>
      it.sides.flatMap((side, number) => {
        if (side.part !== at || (number && it.sides[0].part === at)) return []
        return number ? [this.pointer(it, side)] : [this.row(it)]
      }))
    const text = make("p", { className: "text" }, ...this.data.parts[at].map((piece, i, all) => this.piece(piece, all[i + 1])))
    return make("div", { className: "part" }, text, make("div", { className: "rows" }, ...rows))
  }

  piece({ text, kind, findings }, next) {
    if (!kind) return text
    const { sign, name } = this.data.kinds[kind]
    const mark = make("span", { className: `mark ${kind}`, title: name }, text)
    if (next?.kind !== kind) {
      mark.append(make("b", { aria: { hidden: "true" } }, sign), make("span", { className: "hidden" }, ` (${name})`))
    }
    mark.dataset.findings = findings.join(" ")
    if (findings.length) mark.addEventListener("click", () => this.go(findings[0]))
    return mark
  }

  row(it) {
    const isContradicted = it.sides.length > 1
    const select = make("select", { aria: { label: `State of ${it.label}` } },
      ...(isContradicted ? [make("option", { value: "" }, "choose")] : []),
      ...it.options.map(([value, words]) => make("option", { value }, words)))
    select.addEventListener("change", () => select.value && this.decide(it, select.value))
    const accept = make("button", { className: "accept", type: "button" }, "✓ Accept")
    accept.addEventListener("click", () => this.decide(it, select.value))
    const reject = make("button", { className: "reject", type: "button" }, isContradicted ? "✗ Neither" : "✗ Reject")
    reject.addEventListener("click", () => this.decide(it, null))
    const kind = isContradicted ? "contradicted" : it.sides[0].kind
    const words = make("span", { className: "words" }, isContradicted ? "The letter contradicts itself" : `“${it.sides[0].words}”`)
    if (it.in_case) words.append(make("span", { className: "note" }, ` · in the case now: ${it.in_case}`))
    const called = make("span", { className: "called" }, make("span", { className: "label" }, it.label), words)
    const row = make("div", { className: "row", data: { finding: it.finding }, aria: { role: "group" } },
      this.sign(kind), called, select, isContradicted ? "" : accept, reject)
    const sides = isContradicted ? it.sides.map((side) => this.side(it, side)) : []
    if (isContradicted) row.append(make("div", { className: "sides" }, ...sides))
    row.addEventListener("focusin", () => this.current !== it.finding && this.point(it.finding))
    this.rows.set(it.finding, { row, select, accept, reject, sides })
    return row
  }

  side(it, side) {
    const choose = make("button", { type: "button", className: "accept" }, `✓ Accept: ${side.state}`)
    choose.dataset.entry = side.entry
    choose.addEventListener("click", () => this.decide(it, side.entry))
    return make("div", { className: "side" }, make("span", {}, this.sign(side.kind), ` “${side.sentence}”`), choose)
  }

  pointer(it, side) {
    const open = make("button", { className: "elsewhere", type: "button", tabIndex: -1 },
      this.sign("contradicted"), ` ${it.label}: ${side.state} here. It contradicts another place; decide there`)
    open.addEventListener("click", () => this.go(it.finding))
    return open
  }

  bar() {
    this.progress = make("span", { className: "progress", aria: { role: "status" } })
    this.now = make("div", { className: "now" })
    this.all = make("button", { type: "button" })
    this.all.addEventListener("click", () => this.acceptCertain())
    this.takeButton = make("button", { type: "button", className: "take" })
    this.takeButton.addEventListener("click", () => this.take())
    const keys = KEYS.flatMap((line) => {
      const names = line.slice(0, -1).flatMap((name) => [make("kbd", {}, name), " "])
      return [...names, `${line.at(-1)}  ·  `]
    })
    keys[keys.length - 1] = "take to the case"
    return make("div", { className: "bar", aria: { role: "group", label: "Decisions" } },
      this.progress, this.all, this.takeButton, this.now, make("div", { className: "keys" }, ...keys))
  }

  // What changes.
  isDecided(it) {
    return it.finding in this.decisions
  }

  certainOpen() {
    return this.findings.filter((it) => it.is_certain && !this.isDecided(it))
  }

  refresh() {
    const accepted = this.findings.filter((it) => this.decisions[it.finding] != null).length
    const open = this.findings.filter((it) => !this.isDecided(it)).length
    const rejected = this.findings.length - accepted - open
    this.progress.textContent = `${accepted} accepted, ${rejected} rejected, ${open} undecided${open ? " (left out)" : ""}`
    const certain = this.certainOpen().length
    this.all.textContent = `Accept all certain (${certain})`
    this.all.disabled = !certain
    this.takeButton.textContent = `Take ${accepted} to the case`
    this.takeButton.disabled = !accepted
    for (const it of this.findings) this.refreshRow(it)
    for (const mark of this.root.querySelectorAll(".mark[data-findings]")) {
      mark.classList.toggle("current", mark.dataset.findings.split(" ").includes(this.current))
    }
    const { label, options } = this.findings.find((it) => it.finding === this.current)
    const choices = options.slice(0, 9).flatMap(([, words], at) => [make("kbd", {}, String(at + 1)), ` ${words}   `])
    this.now.replaceChildren(make("b", {}, `${label}: `), ...choices)
  }

  refreshRow(it) {
    const { row, select, accept, reject, sides } = this.rows.get(it.finding)
    const choice = this.decisions[it.finding]
    const isAccepted = choice != null
    const proposed = it.sides.length > 1 ? "" : it.sides[0].entry
    select.value = isAccepted ? choice : proposed
    row.classList.toggle("accepted", isAccepted)
    row.classList.toggle("rejected", choice === null)
    row.classList.toggle("current", it.finding === this.current)
    accept.setAttribute("aria-pressed", String(isAccepted))
    reject.setAttribute("aria-pressed", String(choice === null))
    for (const button of sides.flatMap((side) => [...side.querySelectorAll("button")])) {
      button.setAttribute("aria-pressed", String(isAccepted && button.dataset.entry === choice))
    }
    const words = Object.fromEntries(it.options)
    const isChanged = isAccepted && choice !== proposed && it.sides.length === 1
    accept.textContent = isChanged ? "✓ Changed" : isAccepted ? "✓ Accepted" : "✓ Accept"
    const decided = choice === undefined ? "undecided" : choice === null ? "rejected" : `${isChanged ? "changed" : "accepted"}: ${words[choice]}`
    const stated = it.sides.map((side) => side.state).join(", or ")
    row.setAttribute("aria-label", `${it.label}, ${stated}; ${decided}`)
    for (const part of [row, select, ...row.querySelectorAll("button")]) {
      part.tabIndex = it.finding === this.current ? 0 : -1
    }
  }

  point(finding) {
    this.current = finding
    this.refresh()
  }

  go(finding) {
    this.point(finding)
    const { row } = this.rows.get(finding)
    row.focus({ preventScroll: true })
    row.scrollIntoView({ block: "nearest" })
  }

  step(by) {
    const at = this.findings.findIndex((it) => it.finding === this.current) + by
    if (this.findings[at]) this.go(this.findings[at].finding)
  }

  goToOpen() {
    const at = this.findings.findIndex((it) => it.finding === this.current)
    const inTurn = [...this.findings.slice(at + 1), ...this.findings.slice(0, at + 1)]
    const next = inTurn.find((it) => !this.isDecided(it))
    if (next) this.go(next.finding)
    else this.takeButton.focus()
  }

  decide(it, choice) {
    if (choice === undefined) delete this.decisions[it.finding]
    else this.decisions[it.finding] = choice
    this.point(it.finding)
    this.tellSoon()
  }

  acceptCertain() {
    for (const it of this.certainOpen()) this.decisions[it.finding] = it.sides[0].entry
    this.refresh()
    this.tellSoon()
    this.goToOpen()
  }

  message() {
    return { id: this.data.id, decisions: this.decisions }
  }

  tellSoon() {
    untold.set(this.data.id, this.decisions)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.root.isConnected && this.tell(), PAUSE)
  }

  tell() {
    untold.delete(this.data.id)
    this.send("decided", this.message())
  }

  take() {
    clearTimeout(this.timer)
    untold.delete(this.data.id)
    if (!this.takeButton.disabled) this.send("take", this.message())
  }

  onKey(event) {
    const it = this.findings.find((known) => known.finding === this.current)
    const isField = event.composedPath()[0] instanceof HTMLSelectElement
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey
    const option = /^[1-9]$/.test(key) ? it.options[Number(key) - 1] : undefined
    let act
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) act = () => this.take()
    else if (isField && (key === "Escape" || key === "Enter")) act = () => this.go(it.finding)
    else if (isField || !isPlain) return
    else if (key === "j" || key === "ArrowDown") act = () => this.step(1)
    else if (key === "k" || key === "ArrowUp") act = () => this.step(-1)
    else if (key === "a" && event.shiftKey) act = () => this.acceptCertain()
    else if (key === "a" && it.sides.length === 1) act = () => this.decideAndGoOn(it, it.sides[0].entry)
    else if (key === "r") act = () => this.decideAndGoOn(it, null)
    else if (key === "u") act = () => this.decide(it, undefined)
    else if (option) act = () => this.decideAndGoOn(it, option[0])
    else return
    event.preventDefault()
    event.stopPropagation()
    act()
  }

  decideAndGoOn(it, choice) {
    this.decide(it, choice)
    this.goToOpen()
  }
}

const reviews = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  const known = reviews.get(parentElement)
  if (known?.data.id === data.id && known.root.isConnected) {
    known.send = setTriggerValue
    return
  }
  known?.root.remove()
  for (const id of untold.keys()) if (id !== data.id && id !== data.aside) untold.delete(id)
  const review = new Review(data, setTriggerValue)
  reviews.set(parentElement, review)
  parentElement.append(review.root)
  review.go(review.current)
  if (untold.has(data.id)) review.tellSoon()
}
