//! Draws Home.

use super::model::{Model, Row, rows};
use crate::setup::Target;
use crate::text::{Clean, cut_end, pad, time, width};
use crate::tui::command::CommandId as C;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use crate::tui::widgets::heading;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::Rows;
use crate::tui::widgets::wrap::wrap;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let mut page = heading::page(
        shared,
        theme,
        "Nothing is written to Okta before you have seen the plan and said yes.",
    );
    page.title = match &shared.session {
        Some(session) => format!("oktui   {}", session.org.host()),
        None => "oktui   no org connected".into(),
    };
    page.hints = vec![(C::Down, "move"), (C::Open, "open")];
    if matches!(rows(shared).get(model.cursor), Some(Row::Org(_) | Row::Draft(_))) {
        page.hints.push((C::Remove, "forget"));
    }
    page.hints.extend([(C::Palette, "all commands"), (C::Help, "help"), (C::Quit, "quit")]);
    page
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
    let mut out = Rows::new(area);
    let cells = out.cells().saturating_sub(2);
    let all = rows(shared);
    let intro = "Okta sign-in for the Cequence AI Gateway: set it up, test it, and see every redirect and token exchange.";
    for line in wrap(intro, cells) {
        out.push(frame, format!(" {line}"));
    }
    out.gap();
    let room = out.left();
    let mut lines: Vec<(Option<usize>, Line<'static>)> = Vec::new();
    let mut before: Option<&'static str> = None;
    for (i, row) in all.iter().enumerate() {
        let head = heading_of(row);
        if before.is_some() && head != before.unwrap_or_default() {
            lines.push((None, Line::default()));
            if !head.is_empty() {
                lines.push((None, Line::styled(format!(" {head}"), theme.title())));
            }
        }
        before = Some(head);
        lines.push((Some(i), line_of(row, i == model.cursor, shared, theme, (cells, places(&all)))));
    }
    match &shared.start {
        Remote::Loading => {
            lines.push((None, Line::default()));
            lines.push((None, Line::styled(" Reading what you left here …", theme.quiet())));
        }
        Remote::Failed(trouble, _) => {
            lines.push((None, Line::styled(format!(" {}", trouble.what), theme.warn())))
        }
        Remote::Ready(start) => {
            for trouble in &start.troubles {
                lines.push((
                    None,
                    Line::styled(
                        cut_end(&format!(" {} {}", trouble.what, trouble.help), cells),
                        theme.warn(),
                    ),
                ));
            }
        }
        Remote::Idle => {}
    }
    let at = lines.iter().position(|(row, _)| *row == Some(model.cursor)).unwrap_or(0);
    let first = crate::tui::widgets::rows::first_row(at, lines.len(), room);
    for (_, line) in lines.into_iter().skip(first).take(room) {
        out.push(frame, line);
    }
}

fn heading_of(row: &Row) -> &'static str {
    match row {
        Row::SetUp | Row::Test => "",
        Row::Demo => " ",
        Row::Unfinished(_) | Row::Draft(_) => "Go on where you stopped",
        Row::Org(_) | Row::Connect => "Orgs",
    }
}

/// How many cells the column of hosts takes: the widest, so that the state beside it has room at 80.
fn places(all: &[Row]) -> usize {
    let url = |row: &Row| match row {
        Row::Unfinished(left) => Some(left.plan.org_url.clone()),
        Row::Draft(saved) => Some(saved.draft.org_url.clone()),
        Row::Org(org) => Some(org.url.clone()),
        _ => None,
    };
    all.iter().filter_map(url).map(|url| width(&host(&url))).max().unwrap_or(0).min(26)
}

fn host(url: &str) -> String {
    Clean::new(url.split_once("://").map_or(url, |(_, host)| host)).to_string()
}

fn line_of(
    row: &Row,
    on: bool,
    shared: &Shared,
    theme: Theme,
    (cells, places): (usize, usize),
) -> Line<'static> {
    let marker = if on { theme.marker() } else { " " };
    let style = if on { theme.focus() } else { theme.text() };
    let door = |name: &str, text: &str| {
        Line::from(vec![
            Span::raw(format!(" {marker} ")),
            Span::styled(pad(name, 11), style),
            Span::raw(cut_end(text, cells.saturating_sub(14))),
        ])
    };
    let listed =
        |name: &str, place: &str, state: &str, badge: Option<(&'static str, ratatui::style::Style)>| {
            let mut spans = vec![
                Span::raw(format!(" {marker} ")),
                Span::styled(pad(name, 22), style),
                Span::raw(format!("  {}", pad(&cut_end(place, 26), places))),
            ];
            if let Some((badge, look)) = badge {
                spans.push(Span::styled(format!("  {badge}"), look));
            }
            let left = (cells + 1).saturating_sub(spans.iter().map(Span::width).sum::<usize>() + 2);
            spans.push(Span::styled(format!("  {}", cut_end(state, left)), theme.quiet()));
            Line::from(spans)
        };
    match row {
        Row::SetUp => door("Set up", "an app integration in five steps, then six values for the gateway"),
        Row::Test => door("Test", "one sign-in, every redirect and token exchange on screen"),
        Row::Demo => door("Demo org", "a built-in Okta: no account, no network, nothing stays"),
        Row::Unfinished(left) => {
            let state = format!("apply stopped after {} of {}", left.done, left.plan.changes.len());
            listed(left.plan.label.as_str(), &host(&left.plan.org_url), &state, None)
        }
        Row::Draft(saved) => {
            let kind = if saved.draft.target == Target::New { "new app" } else { "draft" };
            let state = match saved.draft.step {
                step @ 1..=5 => format!("{kind}, step {step} of 5, {}", time::ago(saved.saved, shared.now)),
                _ => format!("{kind}, {}", time::ago(saved.saved, shared.now)),
            };
            listed(
                Clean::new(&saved.draft.setup.app.name).as_str(),
                &host(&saved.draft.org_url),
                &state,
                None,
            )
        }
        Row::Org(org) => {
            let used =
                org.last_used.map_or(String::new(), |at| format!("last used {}", time::ago(at, shared.now)));
            let badge = if org.prod {
                Some(("PROD", theme.bad()))
            } else {
                org.read_only.then_some(("read-only", theme.warn()))
            };
            listed(org.label.as_str(), &host(&org.url), &used, badge)
        }
        Row::Connect => {
            Line::from(vec![Span::raw(format!(" {marker} ")), Span::styled("+ connect an org", style)])
        }
    }
}
