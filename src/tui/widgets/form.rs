//! A form: rows that are fields, choices, switches, buttons or plain text, one of them with the focus; below them, always in sight, a
//! message and the last button. Rows are plain data, so `update` can build and walk them; only [`draw`] knows the terminal.

use super::field::Field;
use crate::text::{Clean, cut_end, cut_middle, pad, width};
use crate::tui::theme::Theme;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// What a row shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// An empty line.
    Blank,
    /// A title.
    Heading(String),
    /// Words, wrapped.
    Text(String),
    /// A label and a value that may be edited. A value that does not fit is cut in its middle.
    Field {
        /// What it is.
        label: String,
        /// The value; what is said in its place when it is empty.
        value: String,
    },
    /// A label and a value that cannot be changed here.
    Fixed {
        /// What it is.
        label: String,
        /// The value.
        value: String,
    },
    /// A long value below its label, so that it has the whole width.
    Tall {
        /// What it is.
        label: String,
        /// The value.
        value: String,
    },
    /// One of several, of which one is chosen.
    Choice {
        /// Whether this one is.
        on: bool,
        /// Its name.
        title: String,
        /// What follows from it.
        note: String,
    },
    /// On or off.
    Switch {
        /// Which.
        on: bool,
        /// Its name.
        title: String,
        /// What follows from it.
        note: String,
    },
    /// Something to press.
    Button(String),
    /// Something to press that adds a row: `+ add a URI`.
    Add(String),
}

/// A row of a form. Rows with an `id` take the focus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<I> {
    /// Names the row for the screen.
    pub id: Option<I>,
    /// What it shows.
    pub part: Part,
    /// The word of its state at the right edge: `OK`, `WARN`.
    pub state: &'static str,
    /// The label of this field is a field of its own, with this id.
    pub label_id: Option<I>,
}

impl<I> Row<I> {
    /// A row that takes the focus.
    pub fn new(id: I, part: Part) -> Self {
        Self { id: Some(id), part, state: "", label_id: None }
    }
    /// A row that is only read.
    pub fn shown(part: Part) -> Self {
        Self { id: None, part, state: "", label_id: None }
    }
    /// An empty line.
    pub fn blank() -> Self {
        Self::shown(Part::Blank)
    }
    /// A title.
    pub fn heading(text: impl Into<String>) -> Self {
        Self::shown(Part::Heading(text.into()))
    }
    /// Words, wrapped.
    pub fn text(text: impl Into<String>) -> Self {
        Self::shown(Part::Text(text.into()))
    }
    /// With a state's word.
    pub fn state(mut self, word: &'static str) -> Self {
        self.state = word;
        self
    }
    /// With a label that is a field of its own.
    pub fn label_id(mut self, id: I) -> Self {
        self.label_id = Some(id);
        self
    }
}

/// The ids that take the focus, in order.
pub fn stops<I: Clone>(rows: &[Row<I>]) -> Vec<I> {
    rows.iter().flat_map(|r| [r.label_id.clone(), r.id.clone()]).flatten().collect()
}

/// A line of the message below a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// A state's word before it: `WARN`; empty for a line that goes on.
    pub state: &'static str,
    /// The words; they are wrapped unless `raw`.
    pub text: String,
    /// Drawn as it is: a URI with a mark below it.
    pub raw: bool,
}

/// What is drawn.
#[derive(Clone, Debug)]
pub struct Form<'a, I> {
    /// The rows; the last one is the button that stays at the bottom.
    pub rows: &'a [Row<I>],
    /// Which has the focus.
    pub focus: Option<&'a I>,
    /// The open field, if the focused one is open.
    pub open: Option<&'a Field>,
    /// The message.
    pub message: &'a [Said],
}

/// Words in lines of at most `cells` cells. A word that is longer is cut into pieces.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(1);
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split(' ') {
        if !line.is_empty() && width(&line) + 1 + width(word) > cells {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for c in word.chars() {
            let mut next = line.clone();
            next.push(c);
            if width(&next) > cells && !line.is_empty() {
                lines.push(std::mem::replace(&mut line, c.to_string()));
            } else {
                line = next;
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

struct Drawn {
    line: Line<'static>,
    focused: bool,
    cursor: Option<usize>,
}

struct Pen<'a, I> {
    form: &'a Form<'a, I>,
    theme: Theme,
    cells: usize,
    label: usize,
}

impl<I: PartialEq> Pen<'_, I> {
    fn has(&self, id: Option<&I>) -> bool {
        id.is_some() && id == self.form.focus
    }

    /// A text field in `cells` cells, open or closed; with the cursor's cell when it is open.
    fn field(&self, id: Option<&I>, value: &str, cells: usize) -> (String, Option<usize>) {
        match self.form.open.filter(|_| self.has(id)) {
            Some(field) => {
                let (text, column) = field.shown(cells.saturating_sub(2));
                (format!("[{text}]"), Some(column + 1))
            }
            None => (pad(&format!(" {}", cut_middle(value, cells.saturating_sub(1))), cells), None),
        }
    }

    fn row(&self, row: &Row<I>, out: &mut Vec<Drawn>) {
        let on_label = self.has(row.label_id.as_ref());
        let focused = self.has(row.id.as_ref()) || on_label;
        let style = if focused { self.theme.focus() } else { Style::new() };
        let marker = if focused { self.theme.marker() } else { " " };
        let mut push = |text: String, style: Style, cursor: Option<usize>, state: &'static str| {
            let room = self.cells.saturating_sub(if state.is_empty() { 0 } else { 6 });
            let mut spans = vec![Span::styled(cut_end(&text, room), style)];
            if !state.is_empty() && self.cells > 20 {
                let gap = room.saturating_sub(width(&text)) + 5_usize.saturating_sub(width(state));
                spans.push(Span::raw(" ".repeat(gap)));
                spans.push(Span::styled(state, self.theme.state(state)));
            }
            out.push(Drawn { line: Line::from(spans), focused, cursor });
        };
        let head = format!(" {marker} ");
        match &row.part {
            Part::Blank => push(String::new(), style, None, ""),
            Part::Heading(text) => push(format!(" {text}"), self.theme.title(), None, row.state),
            Part::Text(text) => {
                let margin = if row.state.is_empty() { 2 } else { 8 };
                for line in wrap(text, self.cells.saturating_sub(margin)) {
                    push(format!(" {line}"), self.theme.text(), None, row.state);
                }
            }
            Part::Field { label, value } => {
                let (mut text, mut cursor) = (head, None);
                if row.label_id.is_some() {
                    // The field brings its own blank, or its bracket.
                    text.pop();
                    let (shown, at) = self.field(row.label_id.as_ref(), label, self.label + 1);
                    cursor = at.map(|at| at + width(&text));
                    text.push_str(&shown);
                    text.push_str(if on_label && cursor.is_none() { "<" } else { " " });
                } else {
                    text.push_str(&pad(label, self.label));
                    text.push(' ');
                }
                let used = width(&text);
                let (shown, at) = self.field(row.id.as_ref(), value, self.cells.saturating_sub(used + 6));
                let cursor = cursor.or(at.map(|at| at + used));
                push(text + &shown, style, cursor, row.state);
            }
            Part::Fixed { label, value } => {
                let text = format!("{head}{}  ", pad(label, self.label));
                let room = self.cells.saturating_sub(width(&text) + 7);
                push(text + &cut_middle(value, room), style, None, row.state);
            }
            Part::Tall { label, value } => {
                push(format!("{head}{label}"), style, None, row.state);
                push(format!("     {}", cut_middle(value, self.cells.saturating_sub(6))), style, None, "");
            }
            Part::Choice { on, title, note } | Part::Switch { on, title, note } => {
                let choice = matches!(row.part, Part::Choice { .. });
                let sign = match (choice, on) {
                    (true, true) => "(*)",
                    (true, false) => "( )",
                    (false, true) => "[x]",
                    (false, false) => "[ ]",
                };
                let first = format!("{head}{sign} {title}");
                let room = self.cells.saturating_sub(width(&first) + 3 + 6);
                if !note.is_empty() && width(note) <= room {
                    push(format!("{first}   {note}"), style, None, row.state);
                } else {
                    push(first, style, None, row.state);
                    for line in wrap(note, self.cells.saturating_sub(15)) {
                        push(format!("       {line}"), self.theme.text(), None, "");
                    }
                }
            }
            Part::Button(title) => push(format!("{head}[ {title} ]"), style, None, row.state),
            Part::Add(title) => push(format!("{head}+ {title}"), style, None, row.state),
        }
    }
}

fn said(theme: Theme, message: &[Said], cells: usize) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    for part in message {
        let room = cells.saturating_sub(8);
        let lines =
            if part.raw { vec![cut_end(&part.text, room.max(1))] } else { wrap(&part.text, room.max(1)) };
        for (i, text) in lines.into_iter().enumerate() {
            let word = if i == 0 { part.state } else { "" };
            let style = theme.state(word);
            out.push(Line::from(vec![
                Span::raw(" "),
                Span::styled(pad(word, 5), style),
                Span::raw(format!(" {text}")),
            ]));
        }
    }
    out
}

/// Draws a form. The focused row is always in sight; the message gives way first when there is little room.
pub fn draw<I: PartialEq>(frame: &mut Frame, area: Rect, form: &Form<'_, I>, theme: Theme) {
    let (cells, height) = (usize::from(area.width), usize::from(area.height));
    if cells == 0 || height == 0 {
        return;
    }
    let label = form.rows.iter().filter_map(|r| match &r.part {
        Part::Field { label, .. } | Part::Fixed { label, .. } => Some(width(label)),
        _ => None,
    });
    let label = label.max().unwrap_or(0).max(8).min(cells / 3);
    let pen = Pen { form, theme, cells, label };
    let (mut above, mut button) = (Vec::new(), Vec::new());
    for (i, row) in form.rows.iter().enumerate() {
        pen.row(row, if i + 1 == form.rows.len() { &mut button } else { &mut above });
    }
    let mut message = said(theme, form.message, cells);
    let foot = if height > 4 { button.len() + 1 } else { 0 };
    let room = height.saturating_sub(foot);
    // At least half of the room is for rows.
    message.truncate(if above.len() + message.len() < room {
        room
    } else {
        room.saturating_sub(above.len() + 1).max(room / 2)
    });
    let rows = room.saturating_sub(if message.is_empty() { 0 } else { message.len() + 1 });
    let first = above.iter().position(|d| d.focused);
    let last = above.iter().rposition(|d| d.focused);
    let end = last.map_or(0, |l| l + 2).min(above.len());
    // On the button, the end of the form is shown; near the top, all of the top.
    let on_button = button.iter().any(|d| d.focused);
    let mut skip = if on_button { above.len().saturating_sub(rows) } else { end.saturating_sub(rows) };
    if let Some(first) = first {
        skip = skip.min(first);
    }
    let line_at = |y: usize| Rect {
        x: area.x,
        y: area.y.saturating_add(u16::try_from(y).unwrap_or(u16::MAX)),
        width: area.width,
        height: 1,
    };
    let mut cursor = None;
    let more = above.len() > skip + rows;
    let mut y = 0;
    for drawn in above.into_iter().skip(skip).take(rows) {
        if let Some(column) = drawn.cursor {
            cursor = Some((column, y));
        }
        frame.render_widget(drawn.line, line_at(y));
        y += 1;
    }
    let arrow = |up: bool| match (theme.ascii(), up) {
        (true, true) => "^",
        (true, false) => "v",
        (false, true) => "↑",
        (false, false) => "↓",
    };
    for (there, up, at) in [(skip > 0, true, 0), (more && rows > 0, false, rows.saturating_sub(1))] {
        if there && cells > 2 {
            let corner = Rect { x: area.x + area.width - 1, width: 1, ..line_at(at) };
            frame.render_widget(Line::styled(arrow(up), theme.quiet()), corner);
        }
    }
    for (line, y) in message.into_iter().zip(y + 1..height) {
        frame.render_widget(line, line_at(y));
    }
    if foot > 0 {
        for (i, drawn) in button.into_iter().enumerate() {
            frame.render_widget(drawn.line, line_at(height.saturating_sub(foot - 1) + i));
        }
    }
    if let Some((column, y)) = cursor {
        let x = area.x.saturating_add(u16::try_from(column).unwrap_or(u16::MAX));
        if x < area.right() {
            frame.set_cursor_position(Position { x, y: line_at(y).y });
        }
    }
}

/// What the admin or a server wrote, safe to draw.
pub fn safe(raw: &str) -> String {
    Clean::new(raw).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_wrapped_and_none_is_lost() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
    }

    #[test]
    fn a_label_that_is_a_field_is_a_stop_of_its_own() {
        let rows = [
            Row::blank(),
            Row::new(2, Part::Field { label: "prod".into(), value: String::new() }).label_id(1),
        ];
        assert_eq!(stops(&rows), [1, 2]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(text in "\\PC{0,60}", cells in 2usize..40) {
            for line in wrap(&text, cells) { prop_assert!(width(&line) <= cells, "{line:?}"); }
        }
    }
}
