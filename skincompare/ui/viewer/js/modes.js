// The six ways to look at a pair, what each of them can be set to, and blinking.

const BLINK_SECONDS = { low: 0.4, high: 2, start: 0.8 } // a picture; at most 2.5 changes a second, flashing begins at 3
const SLIDERS = {
  onion: { name: "opacity", low: 0, high: 100, step: 5, unit: " %" },
  blink: { name: "pace", low: BLINK_SECONDS.low, high: BLINK_SECONDS.high, step: 0.2, unit: " s" },
  difference: { name: "gain", low: 1, high: 10, step: 1, unit: " ×" },
  map: { name: "paint", low: 0, high: 100, step: 5, unit: " %" },
}

const modesPart = {
  // Whether the pair that is shown can be looked at this way.
  possible(mode) {
    if (!this.seen || mode === "side") return true
    if (this.marking === "points") return false
    if (mode === "map") return mapsOf(this.seen.dict).length > 0
    return this.seen.dict.aligned
  },

  whyNot(mode) {
    return this.marking === "points" ? this.words.finishMarking : this.words.impossible[mode]
  },

  setMode(mode) {
    if (!this.possible(mode)) return this.say(this.whyNot(mode))
    const isNewMap = (mode === "map") !== (this.mode === "map")
    this.mode = mode
    const focused = this.root.getRootNode().activeElement
    this.flipped = mode === "blink"
    this.setPlaying(mode === "blink" && !this.prefersCalm.matches)
    this.clearDetail()
    this.draw()
    if (isNewMap && this.seen) this.choose(this.current)
    // What is hidden now would lose the keys.
    if (this.root.contains(focused) && focused.offsetParent === null) this.first.focus({ preventScroll: true })
  },

  setPlaying(playing) {
    this.playing = playing
    clearInterval(this.blinker)
    if (playing) this.blinker = setInterval(() => this.flip(), 1000 * this.pace)
  },

  flip() {
    if (!this.root.isConnected) return this.setPlaying(false)
    this.flipped = !this.flipped
    this.drawBlink()
  },

  // `b`: blink; there, show the other one by hand.
  blink() {
    if (this.mode !== "blink") return this.setMode("blink")
    this.setPlaying(false)
    this.flip()
    this.draw()
  },

  drawBlink() {
    this.stage.classList.toggle("flipped", this.mode === "blink" && this.flipped)
    if (this.mode === "blink") this.writeTags()
  },

  // The one slider under the pictures: of what the mode can be set to.
  drawSlider() {
    const slider = SLIDERS[this.mode]
    this.root.querySelector(".setting").hidden = !slider || !this.seen
    this.root.querySelector('[data-action="play"]').hidden = this.mode !== "blink"
    this.root.querySelector('[data-action="other"]').hidden = this.mode !== "blink"
    if (!slider) return
    const words = this.words.sliders[slider.name]
    const [value, input] = [this[slider.name], this.slider]
    Object.assign(input, { min: slider.low, max: slider.high, step: slider.step })
    input.value = value
    input.setAttribute("aria-label", words)
    input.setAttribute("aria-valuetext", `${value}${slider.unit}`)
    this.root.querySelector(".setting-name").textContent = words
    this.root.querySelector(".setting-value").textContent = `${value}${slider.unit}`
    const play = this.root.querySelector('[data-action="play"]')
    play.textContent = this.playing ? this.words.pause : this.words.play
    this.stage.style.setProperty("--opacity", String(this.opacity / 100))
    this.stage.style.setProperty("--gain", String(this.gain))
    this.stage.style.setProperty("--paint", String(this.paint / 100))
  },

  setSlider(value) {
    const slider = SLIDERS[this.mode]
    if (!slider) return
    this[slider.name] = rounded(clamp(value, slider.low, slider.high), 1)
    if (this.mode === "blink" && this.playing) this.setPlaying(true)
    this.drawSlider()
  },

  // `,` and `.`: a little less or more of what the mode can be set to.
  slide(direction) {
    if (this.mode === "swipe") return this.setSwipe(this.swipe + SWIPE_STEP * direction)
    const slider = SLIDERS[this.mode]
    if (slider) this.setSlider(this[slider.name] + slider.step * direction)
  },

  setSwipe(share) {
    this.swipe = clamp(share, 0, 100)
    this.place(this.first)
  },

  placeDivider(pane) {
    const at = (this.swipe * pane.box[0]) / 100
    const cut = this.swapped ? `inset(0 ${pane.box[0] - at}px 0 0)` : `inset(0 0 0 ${at}px)`
    pane.querySelectorAll(".over").forEach((over) => (over.style.clipPath = this.mode === "swipe" ? cut : ""))
    if (pane !== this.first) return
    this.divider.style.left = `${at}px`
    this.divider.setAttribute("aria-valuenow", String(Math.round(this.swipe)))
    const share = Math.round(this.swapped ? 100 - this.swipe : this.swipe)
    this.divider.setAttribute("aria-valuetext", fill(this.words.shareBefore, { share }))
  },

  writeTags() {
    const put = (pane, name, text) => (pane.querySelector(`.tag.${name}`).textContent = text)
    for (const pane of this.panes) for (const name of ["left", "right"]) put(pane, name, "")
    if (!this.seen) return
    const [before, after] = ["before", "after"].map((side) => this.tagOf(side))
    if (this.mode === "side") {
      put(this.first, "left", before)
      put(this.second, "left", after)
    } else if (this.mode === "swipe") {
      put(this.first, "left", this.swapped ? after : before)
      put(this.first, "right", this.swapped ? before : after)
    } else if (this.mode === "blink") put(this.first, "left", this.flipped ? after : before)
    else {
      put(this.first, "left", before)
      put(this.first, "right", after)
    }
    const name = this.words.modes[this.mode]
    const said = this.mode === "side" ? before : `${name}: ${before}, ${after}`
    this.first.setAttribute("aria-label", said)
    this.second.setAttribute("aria-label", after)
  },

  tagOf(side) {
    const { dict, entry, after } = this.seen
    const title = side === "before" ? dict.before.title : after.title
    const note = entry[`${side}_note`] || dict[side].note
    return note ? `${title} · ${note}` : title
  },
}
