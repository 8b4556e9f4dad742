// The same places marked in both photos, for pairs that are hard to align; and moving the after picture by hand.

const LEAST_PAIRS = 3 // settle a motion
const CURSOR_STEP = 0.02 // of what is seen, one arrow key
const FINE = 0.2 // of a step, with shift
const MOST_NUDGE = 200 // px

const pointsPart = {
  pointsOf(id) {
    return this.points.get(id) || []
  },

  // Marking needs the after photo as it was taken: a wrong alignment must not move what is pressed.
  canMarkPoints() {
    const { dict } = this.seen
    return Boolean(dict.before.place && (dict.original || (!dict.aligned && dict.after.place)))
  },

  startPoints() {
    if (!this.seen || !this.canMarkPoints()) return this.say(this.words.noPoints)
    this.beforeMarking = { mode: this.mode, original: this.original, linked: this.linked }
    Object.assign(this, { mode: "side", marking: "points", linked: false, original: true, half: null })
    this.views[1] = { zoom: 1, centre: [0.5, 0.5] }
    this.choose(this.current)
    this.draw()
    this.first.focus({ preventScroll: true })
    this.say(this.words.pointsHint)
  },

  endPoints() {
    Object.assign(this, this.beforeMarking, { marking: null, half: null, cursor: null })
    this.choose(this.current)
    this.draw()
  },

  placePoint(pane, place) {
    const { id } = this.seen.entry
    const side = pane === this.first ? "before" : "after"
    if (!this.half || this.half.side === side) this.half = { side, place }
    else {
      const pair = { [this.half.side]: this.half.place, [side]: place }
      this.half = null
      this.setPoints([...this.pointsOf(id), pair])
    }
    const words = this.half ? this.words.otherSide[side] : this.words.pairMarked
    this.say(fill(words, { number: this.pointsOf(id).length }))
    this.draw()
  },

  removePoint(index) {
    const { id } = this.seen.entry
    if (this.half) this.half = null
    else if (index >= 0) this.setPoints(this.pointsOf(id).filter((_, number) => number !== index))
    this.draw()
  },

  clearPoints() {
    this.half = null
    this.setPoints([])
    this.draw()
  },

  setPoints(pairs) {
    const { entry, dict } = this.seen
    this.points.set(entry.id, pairs)
    this.pixelsMarked.set(entry.id, this.pixelPairs(entry.id, dict))
    this.tell()
  },

  // Pairs in pixels of the two upright photos, integers being the centres of pixels.
  pixelPairs(id, dict) {
    const after = dict.original || dict.after
    const inPhoto = ({ place: [left, top, width, height] }, [x, y]) => [
      rounded(left + x * width - 0.5, 2),
      rounded(top + y * height - 0.5, 2),
    ]
    return this.pointsOf(id).map((pair) => [...inPhoto(dict.before, pair.before), ...inPhoto(after, pair.after)])
  },

  alignAgain() {
    const { entry, dict } = this.seen
    const points = this.pixelPairs(entry.id, dict)
    if (points.length < LEAST_PAIRS) return
    this.send.trigger("align", { id: entry.id, points })
    this.endPoints()
    this.say(this.words.aligning)
  },

  drawPoints(pane) {
    const list = pane.querySelector(".points")
    const isMarking = this.marking === "points" && this.seen
    const side = pane === this.first ? "before" : "after"
    const frame = placed(this.viewOf(pane), pane.box)
    const pairs = isMarking ? this.pointsOf(this.seen.entry.id).map((pair) => pair[side]) : []
    if (isMarking && this.half && this.half.side === side) pairs.push(this.half.place)
    const dots = pairs.map(([x, y], index) => {
      const dot = textPart("span", "", String(index + 1))
      Object.assign(dot.style, { left: `${frame.left + x * frame.width}px`, top: `${frame.top + y * frame.height}px` })
      return dot
    })
    list.replaceChildren(...dots)
  },

  drawPointsPanel() {
    const isMarking = this.marking === "points" && Boolean(this.seen)
    this.root.querySelector(".points-panel").hidden = !isMarking
    if (!isMarking) return
    const { entry, dict } = this.seen
    const pairs = this.pixelPairs(entry.id, dict).map((one) => one.map((value) => Math.round(value)))
    const items = pairs.map(([x, y, u, v], index) => {
      const item = document.createElement("li")
      const remove = textPart("button", "", "✕")
      remove.type = "button"
      remove.setAttribute("aria-label", fill(this.words.deletePair, { number: index + 1 }))
      remove.addEventListener("click", () => this.removePoint(index))
      item.append(textPart("span", "", fill(this.words.pairPlaces, { number: index + 1, x, y, u, v })), remove)
      return item
    })
    const list = this.root.querySelector(".pairs")
    const hadFocus = list.contains(this.root.getRootNode().activeElement)
    list.replaceChildren(...items)
    const align = this.root.querySelector('[data-action="align"]')
    align.disabled = pairs.length < LEAST_PAIRS
    align.title = align.disabled ? fill(this.words.needPairs, { least: LEAST_PAIRS }) : ""
    if (hadFocus) (list.querySelector("button") || this.first).focus()
  },

  // The cross that is moved by keys and sets a place with Enter.
  moveCursor(pane, [dx, dy], isFine) {
    const view = this.viewOf(pane)
    const step = (CURSOR_STEP * (isFine ? FINE : 1)) / view.zoom
    const from = this.cursor && this.cursor.pane === pane ? this.cursor.place : view.centre
    this.cursor = { pane, place: [clamp(from[0] + dx * step, 0, 1), clamp(from[1] + dy * step, 0, 1)] }
    this.stretchDraft(this.cursor.place)
    this.drawCursors()
  },

  drawCursors() {
    for (const pane of this.panes) {
      const cross = pane.querySelector(".cross")
      const isHere = Boolean(this.marking && this.cursor && this.cursor.pane === pane && pane.box)
      cross.hidden = !isHere
      if (!isHere) continue
      const frame = placed(this.viewOf(pane), pane.box)
      cross.style.left = `${frame.left + this.cursor.place[0] * frame.width}px`
      cross.style.top = `${frame.top + this.cursor.place[1] * frame.height}px`
    }
  },

  // Nudging: the after picture is moved on the screen, in pixels of the before picture; nothing is measured anew.
  nudgeOf() {
    return (this.seen && this.nudges.get(this.seen.entry.id)) || [0, 0]
  },

  nudge([dx, dy]) {
    if (!this.seen || this.seen.after.kind === "original") return
    const [x, y] = this.nudgeOf()
    const next = [x + dx, y + dy].map((one) => rounded(clamp(one, -MOST_NUDGE, MOST_NUDGE), 1))
    this.nudges.set(this.seen.entry.id, next)
    this.tell()
    this.draw()
  },

  resetNudge() {
    if (!this.seen || !this.nudgeOf().some(Boolean)) return
    this.nudges.set(this.seen.entry.id, [0, 0])
    this.tell()
    this.draw()
  },

  drawNudge() {
    const [x, y] = this.nudgeOf()
    const place = this.root.querySelector(".nudged")
    place.hidden = !x && !y
    if (!place.hidden) place.querySelector("output").textContent = fill(this.words.nudged, { x: signed(x), y: signed(y) })
  },
}

function signed(value) {
  return value > 0 ? `+${value}` : String(value).replace("-", "−")
}
