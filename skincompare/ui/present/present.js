// The patient view: two pictures, arrow keys to step, Escape to leave after a question.

const shown = new WeakMap()

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".present")
  if (!root || !data) return
  if (!shown.has(root)) shown.set(root, new Presentation(root))
  const one = shown.get(root)
  one.tell = { current: (id) => setStateValue("current", id), leave: () => setTriggerValue("leave", true) }
  one.show(data)
  return () => one.close()
}

class Presentation {
  constructor(root) {
    this.root = root
    this.find = (name) => root.querySelector(name)
    this.ask = this.find(".ask")
    this.onKey = (event) => this.key(event)
    this.find(".earlier").onclick = () => this.step(-1)
    this.find(".later").onclick = () => this.step(1)
    this.find(".leave").onclick = () => this.question()
    this.find(".yes").onclick = () => this.answer(true)
    this.find(".no").onclick = () => this.answer(false)
    this.ask.addEventListener("cancel", (event) => {
      event.preventDefault()
      this.answer(false)
    })
  }

  show(data) {
    document.removeEventListener("keydown", this.onKey, true)
    document.addEventListener("keydown", this.onKey, true)
    this.data = data
    const ids = data.pairs.map((pair) => pair.id)
    if (!ids.includes(this.current)) this.current = data.current
    const { words } = data
    this.find(".title").textContent = words.title
    this.find(".yes").textContent = words.leave
    this.find(".no").textContent = words.stay
    this.find(".leave").textContent = words.leave
    this.find(".earlier").textContent = "‹ " + words.earlier
    this.find(".later").textContent = words.later + " ›"
    this.draw()
  }

  close() {
    document.removeEventListener("keydown", this.onKey, true)
  }

  async draw() {
    const at = this.data.pairs.findIndex((pair) => pair.id === this.current)
    const pair = this.data.pairs[at]
    this.find(".earlier").disabled = at <= 0
    this.find(".later").disabled = at >= this.data.pairs.length - 1
    if (!pair || this.drawn === pair.url) return
    this.say(this.data.words.wait)
    let view
    try {
      const answer = await fetch(pair.url)
      if (!answer.ok) throw new Error(answer.statusText)
      view = await answer.json()
    } catch {
      this.say(this.data.words.gone)
      return
    }
    if (pair.id !== this.current) return // another one was asked for meanwhile
    this.drawn = pair.url
    this.say("")
    for (const side of ["before", "after"]) {
      const figure = this.find(`figure.${side}`)
      figure.querySelector("img").src = view[side].src
      figure.querySelector("img").alt = pair[`${side}_note`]
      figure.querySelector("figcaption").textContent = pair[`${side}_note`]
    }
  }

  say(text) {
    this.find(".wait").textContent = text
  }

  step(by) {
    const ids = this.data.pairs.map((pair) => pair.id)
    const next = ids[ids.indexOf(this.current) + by]
    if (!next) return
    this.current = next
    this.draw()
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.tell.current(next), 250)
  }

  key(event) {
    if (!this.root.isConnected) return this.close()
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === "Escape" && !this.ask.open) {
      event.preventDefault()
      event.stopPropagation()
      this.question()
    } else if (!this.ask.open && event.key === "ArrowLeft") this.step(-1)
    else if (!this.ask.open && event.key === "ArrowRight") this.step(1)
  }

  question() {
    this.ask.showModal()
    this.find(".no").focus()
  }

  answer(leaves) {
    this.ask.close()
    if (leaves) this.tell.leave()
  }
}
