"""How it measures: in short, what it cannot do, and the pages on each method with their accuracy tables."""

from html import escape

import streamlit as st

from skincompare.metrics.registry import quantities
from skincompare.report.handbook import (
    Page,
    handbook_folder,
    handbook_pages,
    pictures_of,
    read_page,
    with_pictures,
)
from skincompare.ui.keys import Key
from skincompare.ui.pictures import file_address
from skincompare.ui.problems import CalmErrors
from skincompare.ui.widgets.page_frame import begin_page, end_page
from skincompare.ui.widgets.sentences import show_lead
from skincompare.ui.words import methods as words

__all__ = ["show"]

PAGE = "page"
"""Name in the address of the page that is read."""


@CalmErrors()
def show() -> None:
    """Draw the page."""
    begin_page()
    folder = handbook_folder()
    pages = {} if folder is None else {page.name: page for page in handbook_pages(folder)}
    chosen = _choose(pages) if pages else ""
    with st.container(key="methods-text"):
        if chosen in pages:
            _read(pages[chosen])
        else:
            _overview()
            if not pages:
                st.info(words.NO_PAGES, icon=":material/menu_book:")
    end_page()


def _choose(pages: dict[str, Page]) -> str:
    names = ["", *pages]
    asked = st.query_params.get(PAGE, "")
    chosen = st.pills(
        words.CHOOSE,
        names,
        default=asked if asked in pages else "",
        required=True,
        format_func=lambda name: pages[name].title.partition(":")[0] if name else words.OVERVIEW,
        key=Key.METHODS,
        wrap=True,
        label_visibility="collapsed",
    )
    return str(chosen or "")


def _read(page: Page) -> None:
    try:
        text = read_page(page)
        addresses = {name: file_address(path) for name, path in pictures_of(page, text).items()}
    except OSError:
        st.info(words.GONE, icon=":material/menu_book:")
        return
    show_lead(page.title)
    st.markdown(with_pictures(text, addresses))


def _overview() -> None:
    show_lead(words.LEAD)
    st.html(_list(words.HOW))
    st.markdown(f"##### {words.CANNOT_TITLE}")
    st.html(_list(words.CANNOT))
    st.markdown(f"##### {words.QUANTITIES_TITLE}")
    rows = "".join(
        f"<tr><td>{escape(one.label)}</td><td>{escape(one.unit)}</td><td>{escape(one.meaning)}</td></tr>"
        for one in quantities().values()
    )
    heads = "".join(
        f'<th scope="col">{escape(head)}</th>' for head in (words.QUANTITY, words.UNIT, words.MEANING)
    )
    table = f'<table class="sc-gate"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    st.html(f'<div class="sc-table-room">{table}</div>')


def _list(lines: tuple[str, ...]) -> str:
    return f'<div class="sc-steps"><ul>{"".join(f"<li>{escape(line)}</li>" for line in lines)}</ul></div>'
