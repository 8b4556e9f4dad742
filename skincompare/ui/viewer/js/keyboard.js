// Keys. Everything that a pointer does has one; `?` shows them all.

const ACTIONS = {
  "+": "in", "=": "in", "-": "out", 0: "reset", "?": "help", "[": "previous", "]": "next",
  r: "regions", m: "match", k: "marks", s: "swap", l: "link", o: "original", b: "blink", p: "present", f: "fullscreen",
  a: "arrow", c: "circle", t: "text", n: "next-note", x: "points", Delete: "delete", Backspace: "reset-nudge",
}
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

const keyboardPart = {
  onKey(event) {
    if (!this.data || this.help.open || event.defaultPrevented) return
    const target = event.composedPath()[0]
    if (target === this.noteInput) return this.onTextKey(event)
    if (target instanceof HTMLSelectElement) return
    const done = event.ctrlKey || event.metaKey ? this.onControlKey(event) : !event.altKey && this.onPlainKey(event, target)
    if (!done) return
    event.preventDefault()
    event.stopPropagation()
  },

  onTextKey(event) {
    if (event.key === "Enter") this.keepText()
    else if (event.key === "Escape") {
      const { pane } = this.draft || {}
      this.dropDraft()
      if (pane) pane.focus({ preventScroll: true })
    }
    event.stopPropagation()
  },

  onControlKey(event) {
    if (event.key.toLowerCase() !== "z" || event.shiftKey) return false
    this.undo()
    return true
  },

  onPlainKey(event, target) {
    const { key } = event
    const arrow = ARROWS[key]
    if (arrow) return this.onArrow(event, arrow, target)
    if (key >= "1" && key <= String(MODES.length)) return this.setMode(MODES[Number(key) - 1]), true
    if (key === "," || key === ".") return this.slide(key === "." ? 1 : -1), true
    if (key === "Escape") return this.leaveTool()
    if (key === "Home" && this.mode === "swipe") return this.setSwipe(0), true
    if (key === "End" && this.mode === "swipe") return this.setSwipe(100), true
    if (key === "Enter" && this.marking && this.panes.includes(target)) return this.placeAtCursor(target), true
    if (key === " " && this.mode === "blink" && this.panes.includes(target)) return this.act("play"), true
    const action = ACTIONS[key] || ACTIONS[key.toLowerCase()]
    if (action) this.act(action)
    return Boolean(action)
  },

  onArrow(event, arrow, target) {
    if (target === this.slider) return false // moves itself
    if (this.strip.contains(target)) return this.step(arrow[0] || arrow[1]), true
    const pane = this.panes.includes(target) ? target : this.first
    if (this.marking && this.marking !== "select") return this.moveCursor(pane, arrow, event.shiftKey), true
    if (event.shiftKey) return this.nudge(arrow), true
    if (this.mode === "swipe" && arrow[0]) return this.setSwipe(this.swipe + SWIPE_STEP * arrow[0]), true
    if (this.viewOf(pane).zoom <= 1) return false
    this.pan(pane, arrow[0] * PAN_STEP, arrow[1] * PAN_STEP)
    return true
  },

  placeAtCursor(pane) {
    if (!this.seen) return
    const isHere = this.cursor && this.cursor.pane === pane
    this.placeAt(pane, isHere ? this.cursor.place : this.viewOf(pane).centre)
  },

  placeAt(pane, place) {
    if (this.marking === "points") this.placePoint(pane, place)
    else if (this.marking === "select") {
      this.selected = this.noteAt(pane, place)
      this.draw()
    } else if (this.marking) this.placeNote(pane, place)
  },

  // Keys that were pressed while nothing had the focus are meant for the viewer that was shown last.
  onPageKey(event) {
    if (event.target !== document.body || lastShown !== this || !this.root.isConnected) return
    if (event.key === "Home" || event.key === "End") return // the page's own
    if (this.root.offsetParent !== null) this.onKey(event)
  },

  writeHelp() {
    const groups = this.words.keys.flatMap(([title, rows]) => {
      const list = document.createElement("dl")
      for (const [keys, meaning] of rows) {
        const term = document.createElement("dt")
        keys.forEach((key, index) => term.append(...(index ? [" "] : []), textPart("kbd", "", key)))
        list.append(term, textPart("dd", "", meaning))
      }
      const group = document.createElement("section")
      group.append(textPart("h3", "", title), list)
      return [group]
    })
    this.help.querySelector(".keys").replaceChildren(...groups)
  },

  openHelp() {
    this.writeHelp()
    this.help.showModal()
  },
}

let lastShown = null
