//! Rows of a body, from the top down; what does not fit is left out, so that no size can make a screen panic.

use crate::tui::theme::Theme;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Where the next row goes.
#[derive(Clone, Copy, Debug)]
pub struct Rows {
    area: Rect,
    used: u16,
}

impl Rows {
    /// Starts at the top of `area`.
    pub fn new(area: Rect) -> Self {
        Self { area, used: 0 }
    }

    /// How many rows are left.
    pub fn left(&self) -> usize {
        usize::from(self.area.height.saturating_sub(self.used))
    }

    /// How many cells a row has.
    pub fn cells(&self) -> usize {
        usize::from(self.area.width)
    }

    /// Draws a line in the next row.
    pub fn push<'a>(&mut self, frame: &mut Frame, line: impl Into<Line<'a>>) {
        if let Some(row) = self.next(1) {
            frame.render_widget(line.into(), row);
        }
    }

    /// Leaves a row empty.
    pub fn gap(&mut self) {
        self.used = self.used.saturating_add(1);
    }

    /// The area of the next `height` rows, fewer where fewer are left.
    pub fn next(&mut self, height: usize) -> Option<Rect> {
        let height = u16::try_from(height.min(self.left())).unwrap_or(u16::MAX);
        let row =
            Rect { x: self.area.x, y: self.area.y.saturating_add(self.used), width: self.area.width, height };
        self.used = self.used.saturating_add(height);
        (height > 0 && self.area.width > 0).then_some(row)
    }

    /// Leaves rows empty until only `keep` are left: what follows stands at the foot.
    pub fn down_to(&mut self, keep: usize) {
        let keep = u16::try_from(keep).unwrap_or(u16::MAX);
        self.used = self.used.max(self.area.height.saturating_sub(keep));
    }
}

/// The first row to draw so that `cursor` is among `room` rows of a list, with `first` rows above where that is possible.
pub fn first_row(cursor: usize, rows: usize, room: usize) -> usize {
    if rows <= room || room == 0 {
        return 0;
    }
    (cursor + 1).saturating_sub(room.max(1)).min(rows - room)
}

/// The rows of a long list that are drawn: the page that `cursor` is on. It turns as a whole, so that a key that moves the cursor on the
/// page changes two cells and not the screen; the last row of a page is the first of the next.
pub fn page_of(cursor: usize, rows: usize, room: usize) -> std::ops::Range<usize> {
    // Of the row that two pages share, the first one draws the cursor.
    let first =
        cursor.saturating_sub(1).checked_div(room.saturating_sub(1)).map_or(cursor, |n| n * (room - 1));
    let first = first.min(rows.saturating_sub(room));
    first..rows.min(first.saturating_add(room))
}

/// A button as it stands in a row, with its marker: `▸ [ Next: Test ]`.
pub fn button(theme: Theme, text: &str, focused: bool) -> Line<'static> {
    let marker = if focused { theme.marker() } else { " " };
    let style = if focused { theme.focus() } else { theme.text() };
    Line::from(vec![Span::raw(format!(" {marker} ")), Span::styled(format!("[ {text} ]"), style)])
}

/// A rule across the body, with a title in it where there is one.
pub fn rule(theme: Theme, cells: usize) -> Line<'static> {
    Line::styled(theme.line().repeat(cells), theme.quiet())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_the_cursor_and_turns_as_a_whole() {
        for room in 1..20 {
            let (mut turned, mut before) = (0, None);
            for cursor in 0..50 {
                let page = page_of(cursor, 50, room);
                assert!(page.contains(&cursor) && page.len() == room, "{cursor} in {room}: {page:?}");
                turned += usize::from(before.replace(page.clone()).is_some_and(|b| b != page));
            }
            assert!(turned <= 50 / room.saturating_sub(1).max(1), "{turned} turns in {room}");
        }
        assert_eq!(page_of(3, 0, 5).len(), 0);
        assert_eq!(page_of(3, 50, 0).len(), 0);
    }

    #[test]
    fn the_cursor_is_always_among_the_rows() {
        for rows in 0..12 {
            for room in 1..8 {
                for cursor in 0..rows {
                    let first = first_row(cursor, rows, room);
                    assert!(first <= cursor && cursor < first + room, "{cursor} of {rows} in {room}");
                    assert!(rows <= room || first + room <= rows);
                }
            }
        }
    }
}
