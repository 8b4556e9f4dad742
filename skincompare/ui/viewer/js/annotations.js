// Arrows, circles and words that a person puts on a pair. They are kept beside the photos, which stay as they are.

const NOTES_KEPT = 50 // most annotations of a pair
const TEXT_LENGTH = 200 // most letters of one
const NOTE_DIGITS = 5 // of a share: a tenth of a pixel on 10,000
const HEAD_PX = 13 // of an arrow
const HIT_PX = 14 // how near a press has to be to choose one

const annotationsPart = {
  notesOf(id) {
    return this.notes.get(id) || (this.data.annotations || {})[id] || []
  },

  // Which pictures a new annotation stands on: aligned pictures show the same skin, so on both.
  noteSide(pane) {
    if (this.seen.dict.aligned) return "both"
    return pane === this.first ? "before" : "after"
  },

  changeNotes(next, isUndo = false) {
    const { id } = this.seen.entry
    const past = this.pasts.get(id) || []
    if (!isUndo) this.pasts.set(id, [...past, this.notesOf(id)])
    this.notes.set(id, next)
    this.selected = -1
    this.tell()
    this.draw()
  },

  addNote(note) {
    const kept = this.notesOf(this.seen.entry.id)
    if (kept.length >= NOTES_KEPT) {
      this.draw()
      return this.say(fill(this.words.tooMany, { most: NOTES_KEPT }))
    }
    const places = ["x", "y", "to_x", "to_y"].map((name) => [
      name,
      note[name] === undefined ? null : rounded(clamp(note[name], 0, 1), NOTE_DIGITS),
    ])
    this.changeNotes([...kept, { kind: note.kind, side: note.side, text: note.text || "", ...Object.fromEntries(places) }])
    this.say(fill(this.words.noteAdded, { what: this.words.kinds[note.kind] }))
  },

  undo() {
    if (!this.seen) return
    if (this.marking === "points") return this.removePoint(this.pointsOf(this.seen.entry.id).length - 1)
    if (this.draft) return this.dropDraft()
    const past = this.pasts.get(this.seen.entry.id) || []
    if (!past.length) return this.say(this.words.nothingToUndo)
    this.changeNotes(past.pop(), true)
    this.say(this.words.undone)
  },

  deleteNote() {
    if (this.marking === "points") return this.undo()
    const kept = this.notesOf(this.seen.entry.id)
    if (!kept[this.selected]) return this.say(this.words.chooseFirst)
    this.changeNotes(kept.filter((_, index) => index !== this.selected))
    this.say(this.words.deleted)
  },

  // Chooses the next annotation, for those who use no pointer.
  nextNote() {
    const kept = this.notesOf(this.seen.entry.id)
    if (!kept.length) return this.say(this.words.noNotes)
    this.selected = (this.selected + 1) % kept.length
    const { kind, text } = kept[this.selected]
    const what = text ? `${this.words.kinds[kind]} “${text}”` : this.words.kinds[kind]
    this.say(fill(this.words.chosen, { what, number: this.selected + 1, all: kept.length }))
    this.draw()
  },

  noteAt(pane, place) {
    const frame = placed(this.viewOf(pane), pane.box)
    const size = [frame.width, frame.height]
    const isNear = (note) => {
      const ends = [[note.x, note.y], [note.to_x ?? note.x, note.to_y ?? note.y]]
      const [from, to, at] = [...ends, place].map((one) => one.map((value, axis) => value * size[axis]))
      const long = Math.hypot(to[0] - from[0], to[1] - from[1])
      const off = Math.hypot(at[0] - from[0], at[1] - from[1])
      if (note.kind === "circle") return Math.abs(off - long) < HIT_PX || off < HIT_PX
      const along = [to[0] - from[0], to[1] - from[1]]
      const share = long ? ((at[0] - from[0]) * along[0] + (at[1] - from[1]) * along[1]) / long ** 2 : 0
      const foot = [0, 1].map((axis) => from[axis] + clamp(share, 0, 1) * along[axis])
      return Math.hypot(at[0] - foot[0], at[1] - foot[1]) < HIT_PX * (note.kind === "text" ? 2 : 1)
    }
    return this.notesOf(this.seen.entry.id).findLastIndex((note) => this.isOn(note, pane) && isNear(note))
  },

  isOn(note, pane) {
    if (pane === this.second && this.seen.after.kind === "original" && this.seen.dict.aligned) return false
    return note.side === "both" || (note.side === "before") === (pane === this.first)
  },

  // A place of the pane was pressed (or Enter, at the cross): the beginning or the end of something new.
  placeNote(pane, place) {
    const { marking } = this
    if (marking === "text") return this.askText(pane, place)
    if (!this.draft) {
      this.draft = { kind: marking, side: this.noteSide(pane), pane, x: place[0], y: place[1] }
      this.draft.to_x = place[0]
      this.draft.to_y = place[1]
      this.draw()
      return this.say(this.words.nowTheEnd)
    }
    const note = { ...this.draft, to_x: place[0], to_y: place[1] }
    this.draft = null
    this.addNote(note)
  },

  stretchDraft(place) {
    if (!this.draft) return
    ;[this.draft.to_x, this.draft.to_y] = place
    this.panes.forEach((pane) => this.drawNotes(pane))
  },

  dropDraft() {
    this.draft = null
    this.noteInput.hidden = true
    this.draw()
  },

  askText(pane, place) {
    const frame = placed(this.viewOf(pane), pane.box)
    pane.append(this.noteInput)
    this.noteInput.hidden = false
    this.noteInput.value = ""
    this.noteInput.style.left = `${clamp(frame.left + place[0] * frame.width, 0, pane.box[0] - 180)}px`
    this.noteInput.style.top = `${clamp(frame.top + place[1] * frame.height, 0, pane.box[1] - 44)}px`
    this.draft = { kind: "text", side: this.noteSide(pane), pane, x: place[0], y: place[1] }
    this.noteInput.focus()
  },

  keepText() {
    const [text, draft] = [this.noteInput.value.trim().slice(0, TEXT_LENGTH), this.draft]
    if (this.noteInput.hidden || !draft) return
    this.draft = null
    this.noteInput.hidden = true
    draft.pane.focus({ preventScroll: true })
    if (text) this.addNote({ ...draft, text })
  },

  drawNotes(pane) {
    const frame = placed(this.viewOf(pane), pane.box)
    const at = (x, y) => [frame.left + x * frame.width, frame.top + y * frame.height]
    const kept = this.seen ? this.notesOf(this.seen.entry.id) : []
    const shown = [...kept.entries()].filter(([, note]) => this.isOn(note, pane))
    if (this.draft && this.draft.kind !== "text" && this.isOn(this.draft, pane)) shown.push([-2, this.draft])
    const shapes = shown.flatMap(([index, note]) => this.noteShapes(note, at, index === this.selected))
    pane.querySelector("svg.notes").replaceChildren(...shapes)
    const texts = shown.filter(([, note]) => note.kind === "text")
    pane.querySelector(".texts").replaceChildren(
      ...texts.map(([index, note]) => {
        const label = textPart("span", index === this.selected ? "chosen" : "", note.text)
        label.dir = "auto"
        ;[label.style.left, label.style.top] = at(note.x, note.y).map((one) => `${one}px`)
        return label
      }),
    )
  },

  noteShapes(note, at, isChosen) {
    if (note.kind === "text") return []
    const [[x, y], [toX, toY]] = [at(note.x, note.y), at(note.to_x, note.to_y)]
    const path = note.kind === "circle" ? circlePath(x, y, toX, toY) : arrowPath(x, y, toX, toY)
    const state = isChosen ? " chosen" : ""
    return ["rim", "ink"].map((part) => svgPart("path", { d: path, class: part + state }))
  },
}

function circlePath(x, y, toX, toY) {
  const r = Math.max(3, Math.hypot(toX - x, toY - y))
  return `M${x - r},${y}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0`
}

function arrowPath(x, y, toX, toY) {
  const angle = Math.atan2(toY - y, toX - x)
  const wing = (turn) => `${toX - HEAD_PX * Math.cos(angle + turn)},${toY - HEAD_PX * Math.sin(angle + turn)}`
  return `M${x},${y}L${toX},${toY}M${wing(0.5)}L${toX},${toY}L${wing(-0.5)}`
}
