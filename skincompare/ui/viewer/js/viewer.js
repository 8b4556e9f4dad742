// The viewer itself: its state, and what is drawn of it. Zoom, place and mode live here only and cost no page run.

const SAYING_KEPT = 4000 // ms that a short message stays

class Viewer {
  constructor(root, send) {
    Object.assign(this, { root, send, entries: [], layers: [], layer: 0, told: [], panes: [] })
    const find = (name) => root.querySelector(name)
    Object.assign(this, { stage: find(".stage"), first: find(".first"), second: find(".second") })
    Object.assign(this, { divider: find(".divider"), choice: find("select.metric"), mapChoice: find("select.map-of") })
    Object.assign(this, { slider: find(".setting input"), strip: find(".strip"), help: find("dialog.help") })
    this.noteInput = find("input.note-text")
    this.panes = [this.first, this.second]
    this.views = [0, 1].map(() => ({ zoom: 1, centre: [0.5, 0.5] }))
    Object.assign(this, { mode: "side", linked: true, swapped: false, matched: false, original: false })
    Object.assign(this, { outlined: false, marked: false, marking: null, draft: null, cursor: null, selected: -1 })
    Object.assign(this, { swipe: 50, opacity: 50, pace: BLINK_SECONDS.start, gain: 4, paint: 100, flipped: false })
    for (const name of ["pointers", "notes", "pasts", "points", "pixelsMarked", "nudges"]) this[name] = new Map()
    this.sizes = [[3, 4], [3, 4]]
    this.pairs = new Pairs()
    this.prefersCalm = matchMedia("(prefers-reduced-motion: reduce)")
    this.bind()
  }

  bind() {
    const { root } = this
    root.addEventListener("click", (event) => this.onClick(event))
    root.addEventListener("keydown", (event) => this.onKey(event))
    this.pageKeys = (event) => this.onPageKey(event)
    this.choice.addEventListener("change", () => this.chooseMarks(this.choice.selectedIndex))
    this.mapChoice.addEventListener("change", () => this.chooseMap(this.mapChoice.value))
    this.slider.addEventListener("input", () => this.setSlider(Number(this.slider.value)))
    this.noteInput.addEventListener("blur", () => this.keepText())
    this.help.addEventListener("click", (event) => event.target === this.help && this.help.close())
    root.addEventListener("fullscreenchange", () => this.draw())
    this.listen()
    new ResizeObserver(() => this.draw()).observe(root)
  }

  // The component is gone from the page.
  dispose() {
    this.setPlaying(false)
    document.removeEventListener("keydown", this.pageKeys, true)
    for (const timer of [this.teller, this.detailTimer, this.sayTimer, this.blanker]) clearTimeout(timer)
  }

  // New data from the page. What a person chose here stays, unless the page names another pair than before.
  show(data) {
    lastShown = this
    document.addEventListener("keydown", this.pageKeys, true) // once, however often this is said
    this.data = data
    this.words = data.words
    this.entries = data.pairs
    this.writeWords()
    const known = (id) => this.entries.some((entry) => entry.id === id)
    let wanted = known(this.current) ? this.current : (this.entries[0] || {}).id
    if (data.current !== this.given) {
      this.given = data.current
      const isEcho = this.told.includes(data.current) && known(this.current)
      if (known(data.current) && !isEcho) wanted = data.current
    }
    this.buildStrip()
    this.root.querySelector('[data-action="present"]').hidden = !data.patient_view
    this.root.querySelector(".marking-tools").hidden = Boolean(data.quiet) // nobody would keep it
    const entry = this.entries.find((one) => one.id === wanted)
    if (!entry) return
    if (wanted === this.current && this.seen && this.seen.content === contentOf(entry)) {
      this.seen.entry = entry // its note may be new
      return this.draw()
    }
    if (this.seen && wanted !== this.seen.entry.id) this.leaveTool()
    this.choose(wanted)
  }

  writeWords() {
    for (const part of this.root.querySelectorAll("[data-word]")) part.textContent = this.words[part.dataset.word]
    for (const part of this.root.querySelectorAll("[data-label]")) {
      part.setAttribute("aria-label", this.words[part.dataset.label])
      if (part.matches("button")) part.title = this.words[part.dataset.label]
    }
    for (const button of this.root.querySelectorAll("[data-mode]:is(button)"))
      button.querySelector("span").textContent = this.words.modes[button.dataset.mode]
  }

  viewOf(pane) {
    return this.linked || pane === this.first || this.mode !== "side" ? this.views[0] : this.views[1]
  }

  // The picture that keys and buttons zoom: the one that was used last, where the two are not linked.
  get activePane() {
    const active = this.root.getRootNode().activeElement
    return this.panes.find((pane) => pane === active) || this.lastPane || this.first
  }

  // Drawing

  draw() {
    if (!this.data) return
    this.stage.dataset.mode = this.mode
    this.stage.classList.toggle("swapped", this.swapped)
    this.stage.classList.toggle("unmoved", Boolean(this.seen && this.seen.after.kind === "original"))
    this.stage.classList.toggle("marking", Boolean(this.marking && this.marking !== "select"))
    this.drawButtons()
    this.writeTags()
    this.layOut()
    if (this.seen) this.panes.forEach((pane) => this.place(pane))
    this.drawBlink()
    this.drawSlider()
    this.drawNudge()
    this.drawPointsPanel()
    this.drawCursors()
    this.root.querySelector(".hint").textContent = this.hint()
  }

  drawButtons() {
    for (const button of this.root.querySelectorAll("button[data-mode]")) {
      const { mode } = button.dataset
      button.setAttribute("aria-pressed", String(mode === this.mode))
      button.disabled = !this.possible(mode)
      button.title = button.disabled ? this.whyNot(mode) : ""
    }
    const { dict } = this.seen || {}
    const press = (name, pressed, possible = true, why = "") => {
      const button = this.root.querySelector(`[data-action="${name}"]`)
      button.setAttribute("aria-pressed", String(Boolean(pressed)))
      button.disabled = !possible
      button.title = possible ? button.dataset.label ? this.words[button.dataset.label] : "" : why
    }
    const { words } = this
    press("regions", this.outlined, Boolean(dict && dict.regions && dict.regions.length), words.noRegions)
    press("match", this.matched, Boolean(dict && dict.matched), words.noMatch)
    press("marks", this.marked && this.layers.length, this.layers.length > 0, words.noMarks)
    press("original", this.original, Boolean(dict && dict.original) && this.marking !== "points", words.noOriginal)
    press("swap", this.swapped, this.mode === "side" || this.mode === "swipe", words.onlySideSwipe)
    press("link", this.linked, this.mode === "side" && this.marking !== "points", words.onlySide)
    press("annotate", this.isAnnotating(), Boolean(dict) && this.mode !== "map" && this.marking !== "points")
    press("points", this.marking === "points", Boolean(dict) && this.canMarkPoints(), words.noPoints)
    for (const tool of ["select", "arrow", "circle", "text"]) press(tool, this.marking === tool)
    this.root.querySelector(".notes-panel").hidden = !this.isAnnotating()
    const hidden = this.mode === "map" || this.mode === "difference"
    this.root.classList.toggle("marked", Boolean(this.marked && this.layers.length && this.seen && !hidden))
    this.root.querySelector(".level").textContent = `${Math.round(this.viewOf(this.activePane).zoom * 100)} %`
  }

  isAnnotating() {
    return this.marking !== null && this.marking !== "points"
  }

  layOut() {
    const room = this.root.clientWidth
    const full = this.root.getRootNode().fullscreenElement === this.root
    const high = full ? window.innerHeight - FULL_SCREEN_ROOM : window.innerHeight * TALLEST_SHARE
    const tallest = Math.max(TALLEST_FLOOR, high)
    const wide = this.mode === "side" ? (room - GAP) / 2 : this.mode === "map" ? room - LEGEND : room
    const shown = this.mode === "side" ? this.sizes : this.sizes.slice(0, 1)
    const height = Math.min(tallest, ...shown.map(([width, tall]) => (wide * tall) / width))
    if (!(height > 0)) return
    this.panes.forEach((pane, index) => {
      const [width, tall] = this.sizes[index]
      pane.box = [(height * width) / tall, height]
      pane.style.width = `${pane.box[0]}px`
      pane.style.height = `${height}px`
    })
  }

  place(pane) {
    if (!pane.box || !this.seen) return
    const frame = placed(fitted(this.viewOf(pane)), pane.box)
    const { zoom } = this.viewOf(pane)
    const scale = frame.width / (pane === this.first ? this.sizes[0][0] : this.sizes[1][0])
    const [dx, dy] = this.seen.after.kind === "original" ? [0, 0] : this.nudgeOf().map((one) => one * scale)
    for (const clip of pane.querySelectorAll(".clip")) {
      const isAfter = pane === this.second || clip.classList.contains("over")
      const [left, top] = isAfter ? [frame.left + dx, frame.top + dy] : [frame.left, frame.top]
      clip.querySelector(".move").style.transform = `translate(${left}px, ${top}px) scale(${zoom})`
      const marks = clip.querySelector("svg.marks g")
      if (marks) marks.style.transform = `translate(${left}px, ${top}px) scale(${scale})`
    }
    pane.classList.toggle("zoomed", zoom > 1)
    this.placeDivider(pane)
    this.placeOutlines(pane, frame)
    this.drawNotes(pane)
    this.drawPoints(pane)
    this.wantDetail()
  }

  hint() {
    const { words } = this
    if (!this.seen) return ""
    if (this.spoken) return this.spoken
    if (this.marking === "points") return words.pointsHint
    if (this.isAnnotating()) return words.toolHints[this.marking]
    if (!this.seen.dict.aligned) return words.notAligned
    if (this.seen.after.kind === "original") return words.originalHint
    if (this.seen.after.kind === "matched" && this.mode !== "map") return this.seen.after.words
    return words.hints[this.mode]
  }

  // A short message, also to those who hear the page.
  say(sentence) {
    this.spoken = sentence
    const hint = this.root.querySelector(".hint")
    hint.textContent = sentence
    this.root.querySelector(".spoken").textContent = sentence
    clearTimeout(this.sayTimer)
    this.sayTimer = setTimeout(() => {
      this.spoken = ""
      hint.textContent = this.hint()
    }, SAYING_KEPT)
  }

  // Acting

  zoomTo(zoom, at = [0.5, 0.5], glide = true, pane = this.activePane) {
    zoomAt(this.viewOf(pane), zoom, at)
    this.stage.classList.toggle("gliding", glide)
    this.draw()
  }

  pan(pane, dx, dy) {
    const view = this.viewOf(pane)
    view.centre = [view.centre[0] + dx / view.zoom, view.centre[1] + dy / view.zoom]
    this.stage.classList.remove("gliding")
    this.panes.forEach((one) => this.place(one))
    this.drawCursors()
  }

  onClick(event) {
    const button = event.target.closest("button")
    if (!button) return
    const { mode, action } = button.dataset
    if (mode) this.setMode(mode)
    if (action) this.act(action)
  }
}
