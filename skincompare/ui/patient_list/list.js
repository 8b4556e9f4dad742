// The list of patients; texts come in as data and are set as text, never as markup.

const STEPS = { ArrowDown: 1, ArrowUp: -1 }

export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector(".patients")
  if (!list || !data) return
  const shown = JSON.stringify(data.rows)
  list.setAttribute("aria-label", data.label)
  if (list.dataset.shown !== shown) {
    const focused = list.querySelector(".row:focus")?.dataset.uid
    list.dataset.shown = shown
    list.replaceChildren(...data.rows.map(makeItem))
    if (focused) list.querySelector(`.row[data-uid="${CSS.escape(focused)}"]`)?.focus()
  }
  const rows = [...list.querySelectorAll(".row")]
  for (const row of rows) {
    row.onclick = () => setTriggerValue("open", row.dataset.uid)
    row.onkeydown = (event) => {
      const at = rows.indexOf(row)
      const next = { Home: rows[0], End: rows.at(-1) }[event.key] ?? rows[at + (STEPS[event.key] ?? NaN)]
      if (!next) return
      event.preventDefault()
      next.focus()
    }
  }
}

function makeItem(one) {
  const item = document.createElement("li")
  const row = document.createElement("button")
  row.type = "button"
  row.className = "row"
  row.dataset.uid = one.uid
  row.append(picture(one.src), names(one), words("facts", one.facts), notes(one.notes))
  item.append(row)
  return item
}

function picture(src) {
  const frame = document.createElement("span")
  frame.className = "frame"
  if (src) {
    const image = document.createElement("img")
    image.alt = ""
    image.loading = "lazy"
    image.src = src
    frame.append(image)
  }
  return frame
}

function names(one) {
  const box = document.createElement("span")
  box.className = "names"
  box.append(text("code", one.code))
  if (one.name) box.append(text("name", one.name))
  return box
}

function words(kind, lines) {
  const box = document.createElement("span")
  box.className = kind
  box.append(...lines.map((line) => text("line", line)))
  return box
}

function notes(found) {
  const box = document.createElement("span")
  box.className = "notes"
  for (const note of found) {
    const line = document.createElement("span")
    line.className = note.strong ? "note strong" : "note"
    const shape = text("shape", note.shape)
    shape.setAttribute("aria-hidden", "true")
    line.append(shape, text("what", note.text))
    box.append(line)
  }
  return box
}

function text(kind, said) {
  const span = document.createElement("span")
  span.className = kind
  span.dir = "auto"
  span.textContent = said
  return span
}
