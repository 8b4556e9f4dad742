// What buttons and keys do, by name; and the two faces of the component: shown, and gone.

const ANYTIME = new Set(["in", "out", "reset", "swap", "help", "close-help", "previous", "next", "present", "retry", "fullscreen"])

const MARKING = new Set(["annotate", "select", "arrow", "circle", "text", "delete", "next-note", "undo", "points"])

const actionsPart = {
  act(name) {
    if (!this.seen && !ANYTIME.has(name)) return
    if (this.data.quiet && MARKING.has(name)) return
    const button = this.root.querySelector(`[data-action="${name}"]`)
    if (button && button.disabled && !ANYTIME.has(name)) return this.say(button.title)
    const toggles = { regions: "outlined", marks: "marked", swap: "swapped" }
    if (toggles[name]) {
      this[toggles[name]] = !this[toggles[name]]
      return this.draw()
    }
    const made = this.acts()[name]
    if (made) made()
  },

  acts() {
    const { zoom } = this.viewOf(this.activePane)
    return {
      in: () => this.zoomTo(zoom * ZOOM_STEP),
      out: () => this.zoomTo(zoom / ZOOM_STEP),
      reset: () => this.zoomTo(1),
      match: () => this.toggleAfter("matched"),
      original: () => this.toggleAfter("original"),
      link: () => this.toggleLink(),
      blink: () => this.blink(),
      play: () => this.togglePlaying(),
      other: () => this.blink(),
      previous: () => this.step(-1),
      next: () => this.step(1),
      present: () => this.data.patient_view && this.send.trigger("present", this.current),
      retry: () => this.choose(this.current),
      help: () => this.openHelp(),
      "close-help": () => this.help.close(),
      fullscreen: () => this.toggleFullScreen(),
      annotate: () => (this.isAnnotating() ? this.leaveTool() : this.setTool("arrow")),
      select: () => this.setTool("select"),
      arrow: () => this.setTool("arrow"),
      circle: () => this.setTool("circle"),
      text: () => this.setTool("text"),
      undo: () => this.undo(),
      delete: () => this.deleteNote(),
      "next-note": () => this.nextNote(),
      points: () => (this.marking === "points" ? this.endPoints() : this.startPoints()),
      "clear-points": () => this.clearPoints(),
      align: () => this.alignAgain(),
      done: () => this.leaveTool(),
      "reset-nudge": () => this.resetNudge(),
    }
  },

  // Another picture for the after photo: it is changed once it is loaded.
  toggleAfter(which) {
    this[which] = !this[which]
    if (this[which]) this[which === "matched" ? "original" : "matched"] = false
    this.draw()
    this.choose(this.current)
  },

  toggleLink() {
    this.linked = !this.linked
    this.views[1] = { zoom: this.views[0].zoom, centre: [...this.views[0].centre] }
    this.say(this.linked ? this.words.linked : this.words.unlinked)
    this.draw()
  },

  togglePlaying() {
    this.setPlaying(!this.playing)
    this.draw()
  },

  toggleFullScreen() {
    if (this.root.getRootNode().fullscreenElement === this.root) document.exitFullscreen()
    else if (this.root.requestFullscreen) this.root.requestFullscreen().catch(() => this.say(this.words.noFullScreen))
  },

  setTool(tool) {
    if (!this.seen || this.marking === "points" || this.mode === "map") return
    this.dropDraft()
    this.marking = this.marking === tool && tool !== "arrow" ? "select" : tool
    this.cursor = null
    this.draw()
    const focused = this.root.getRootNode().activeElement
    if (!this.panes.includes(focused) && !this.root.contains(focused)) this.first.focus({ preventScroll: true })
  },

  // Esc: what was begun first, then the tool.
  leaveTool() {
    if (!this.marking) return false
    if (this.marking === "points" && this.seen) this.endPoints()
    else if (this.draft) this.dropDraft()
    else Object.assign(this, { marking: null, selected: -1, cursor: null })
    this.draw()
    return true
  },
}

Object.assign(Viewer.prototype, picturesPart, marksPart, modesPart, detailPart, annotationsPart, pointsPart)
Object.assign(Viewer.prototype, coursePart, pointerPart, keyboardPart, actionsPart)

const viewers = new WeakMap()

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".viewer")
  if (!root || !data) return undefined
  const send = {
    state: (value) => setStateValue && setStateValue("state", value),
    trigger: (name, value) => setTriggerValue && setTriggerValue(name, value),
  }
  if (!viewers.has(root)) viewers.set(root, new Viewer(root, send))
  const viewer = viewers.get(root)
  viewer.send = send
  viewer.show(data)
  return () => viewer.dispose()
}
