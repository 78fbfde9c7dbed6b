//! Draws a list of people that was looked up.

use super::super::import::{ImportView, word};
use crate::people::{Found, Row};
use crate::text::{Clean, pad, thousands};
use crate::tui::shared::Remote;
use crate::tui::theme::Theme;
use crate::tui::widgets::rows::{Rows, page_of};
use crate::tui::widgets::trouble;
use crate::tui::widgets::wrap::wrap;
use ratatui::Frame;
use ratatui::text::{Line, Span};

impl ImportView {
    pub(in super::super) fn draw(&self, frame: &mut Frame, out: &mut Rows, theme: Theme) {
        let cells = out.cells();
        let preview = match &self.answer {
            Remote::Ready(preview) => preview,
            Remote::Failed(t, _) => {
                for line in trouble::lines(theme, "FAIL", t, "i takes another one.", cells) {
                    out.push(frame, line);
                }
                return;
            }
            Remote::Loading => {
                let far = match self.read {
                    Some((done, 0)) => format!(": {} so far", thousands(usize::try_from(done).unwrap_or(0))),
                    Some((done, all)) => format!(
                        ": {} of {}",
                        thousands(usize::try_from(done).unwrap_or(0)),
                        thousands(usize::try_from(all).unwrap_or(0))
                    ),
                    None => String::new(),
                };
                return out
                    .push(frame, Line::styled(format!(" Looking them up{far}. Esc stops."), theme.quiet()));
            }
            Remote::Idle => {
                let words = "A CSV file, or plain lines: logins, e-mail addresses or ids, one a line. The path is on the machine \
                             that oktui runs on. A paste is taken as it is.";
                for line in wrap(words, cells.saturating_sub(2)) {
                    out.push(frame, Line::styled(format!(" {line}"), theme.quiet()));
                }
                return;
            }
        };
        let counts: Vec<String> =
            self.counts.iter().map(|(kind, n)| format!("{} {kind}", thousands(*n))).collect();
        let summary = if counts.is_empty() { "no rows".to_owned() } else { counts.join(", ") };
        out.push(frame, Line::styled(format!(" {}: {summary}", self.source), theme.title()));
        for note in std::iter::once(&preview.form).chain(&preview.notes).filter(|n| !n.is_empty()) {
            for line in wrap(note, cells.saturating_sub(2)) {
                out.push(frame, Line::styled(format!(" {line}"), theme.quiet()));
            }
        }
        let asked = (cells.saturating_sub(26) * 2 / 5).clamp(12, 40);
        let head = format!("   {} {} {}  ", pad("Line", 7), pad("Asked for", asked), pad("Result", 10));
        out.push(frame, Line::styled(head, theme.quiet()));
        let room = out.left();
        let page = page_of(self.cursor, preview.rows.len(), room);
        for (at, row) in page.clone().zip(preview.rows.get(page).unwrap_or_default()) {
            let marker = if at == self.cursor { theme.marker() } else { " " };
            let style = match row.found {
                Found::One(_) => theme.good(),
                Found::Already(..) | Found::Repeated { .. } => theme.quiet(),
                Found::Ambiguous(_) | Found::NotFound | Found::Inactive(_) | Found::NotRead(_) => {
                    theme.warn()
                }
            };
            let line = Line::from(vec![
                Span::raw(format!(
                    " {marker} {} {} ",
                    pad(&row.line.to_string(), 7),
                    pad(row.asked.as_str(), asked)
                )),
                Span::styled(pad(word(&row.found), 10), style),
                Span::raw(format!(" {}", said(row))),
            ]);
            out.push(frame, line);
        }
    }
}

fn said(row: &Row) -> String {
    match &row.found {
        Found::One(user) | Found::Already(user, _) => format!("{} {}", user.name, user.login),
        Found::Inactive(user) => format!("{} is {}", user.login, user.status.words()),
        Found::Ambiguous(users) => {
            let logins: Vec<String> = users.iter().map(|u| u.login.to_string()).collect();
            format!("{}: use one of these logins", logins.join(", "))
        }
        Found::NotFound => "nobody has this login, e-mail address or id".into(),
        Found::Repeated { first } => format!("as on line {first}"),
        Found::NotRead(why) => Clean::to_string(why),
    }
}
