// Ctrl+Z in a field is the browser's own while letters stand there that were typed and not entered: it takes letters
// back, not findings. Of what the page has drawn there, such as a choice from a list, there are none. The search box
// is never drawn: what stands in it was typed, or came back to be corrected.
const typing = new WeakMap()

function begin({ target }) {
  if (target instanceof HTMLInputElement && !typing.has(target)) typing.set(target, { drawn: target.value })
}

function follow({ target }) {
  if (typing.has(target)) typing.get(target).typed = target.value
}

function end({ target }) {
  typing.delete(target)
}

function onKey(event) {
  const { target } = event, { drawn, typed } = typing.get(target) ?? {}
  const isTyped = (target.value === typed && typed !== drawn) || (target.value && target.closest?.(".search"))
  const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z"
  if (event.key === "Enter") end(event)
  else if (isUndo && isTyped) event.stopImmediatePropagation()
}

const LISTENERS = { beforeinput: begin, input: follow, focusout: end, keydown: onKey }

export default function () {
  for (const [name, listener] of Object.entries(LISTENERS)) window.addEventListener(name, listener, true)
  return () => {
    for (const [name, listener] of Object.entries(LISTENERS)) window.removeEventListener(name, listener, true)
  }
}
