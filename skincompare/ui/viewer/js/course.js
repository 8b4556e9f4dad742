// The strip of a course: small pictures to step through, and what is told to the page.

const TELL_WAIT = 400 // ms without a further change

const coursePart = {
  buildStrip() {
    const isCourse = this.entries.length > 1
    this.root.querySelector(".course").hidden = !isCourse
    const shown = JSON.stringify(this.entries.map(({ id, label, thumb, after_note }) => [id, label, thumb, after_note]))
    if (this.stripShown !== shown) {
      this.stripShown = shown
      this.strip.replaceChildren(...(isCourse ? this.entries.map((entry) => this.stripItem(entry)) : []))
    }
    this.markStrip()
  },

  stripItem(entry) {
    const item = document.createElement("button")
    item.type = "button"
    item.className = "stop"
    item.dataset.id = entry.id
    item.setAttribute("role", "radio")
    const picture = document.createElement("span")
    picture.className = "thumb"
    if (entry.thumb) {
      const image = new Image()
      image.alt = ""
      image.draggable = false
      image.loading = "lazy"
      image.src = entry.thumb
      picture.append(image)
    }
    item.append(picture, textPart("span", "stop-label", entry.label || ""))
    if (entry.note) item.append(textPart("span", "stop-note", entry.note))
    item.addEventListener("click", () => this.pick(entry.id))
    return item
  },

  markStrip() {
    const at = this.entries.findIndex((entry) => entry.id === this.current)
    for (const item of this.strip.children) {
      const isChosen = item.dataset.id === this.current
      item.setAttribute("aria-checked", String(isChosen))
      item.tabIndex = isChosen ? 0 : -1
      if (isChosen) this.strip.scrollLeft = item.offsetLeft - (this.strip.clientWidth - item.clientWidth) / 2
    }
    this.root.querySelector('[data-action="previous"]').disabled = at <= 0
    this.root.querySelector('[data-action="next"]').disabled = at >= this.entries.length - 1
  },

  pick(id) {
    if (id !== this.current) this.leaveTool()
    this.choose(id, true)
  },

  step(direction) {
    const next = this.entries[this.entries.findIndex((entry) => entry.id === this.current) + direction]
    if (!next) return this.say(direction > 0 ? this.words.last : this.words.first)
    const onStrip = this.strip.contains(this.root.getRootNode().activeElement)
    this.pick(next.id)
    this.say(fill(this.words.shown, { label: next.label || this.words.pair }))
    if (onStrip) this.strip.querySelector('[aria-checked="true"]').focus()
  },

  // One value, once things are quiet: what is shown, and what was marked since the page was opened.
  tell() {
    if (this.data.quiet) return
    clearTimeout(this.teller)
    this.teller = setTimeout(() => this.tellNow(), TELL_WAIT)
  },

  tellNow() {
    clearTimeout(this.teller)
    const plain = (map, of = (value) => value) => Object.fromEntries([...map].map(([id, value]) => [id, of(value, id)]))
    this.told.push(this.current)
    if (this.told.length > TOLD_KEPT) this.told.shift()
    this.send.state({
      current: this.current,
      nudge: plain(this.nudges),
      annotations: plain(this.notes),
      points: Object.fromEntries(this.pixelsMarked),
    })
  },
}

const TOLD_KEPT = 8 // pairs that the page may still be answering to
