//! Draws the rotation: the secrets, the steps with the next one marked, the places under their step.

use super::model::{Item, Model};
use crate::change::rotation::{Rotation, Stage, Standing};
use crate::text::{Clean, pad, time};
use crate::tui::command::CommandId as C;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::{Rows, button};
use crate::tui::widgets::wrap::wrap;
use crate::tui::widgets::{heading, trouble};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let mut page = heading::page(shared, theme, "");
    page.second = Line::raw(" Client secrets: two work side by side until everybody has the new one");
    page.explain = shared.notice.clone().unwrap_or_else(|| explain(model));
    page.hints = if model.adding {
        vec![(C::Open, "keep"), (C::Back, "leave it")]
    } else {
        let mut hints = vec![(C::Down, "move"), (C::Open, "open")];
        if model.standing.value().is_some_and(|s| s.rotation.is_none()) {
            hints.push((C::Add, "place"));
            if matches!(model.item(), Some(Item::Place(_))) {
                hints.push((C::Remove, "remove"));
            }
        } else {
            hints.extend([(C::Mark, "tick"), (C::Show, "show")]);
        }
        hints.extend([(C::Again, "again"), (C::Test, "test"), (C::Back, ""), (C::Help, "")]);
        hints
    };
    page
}

fn explain(model: &Model) -> String {
    if let Some(busy) = model.busy {
        return format!("{busy} …");
    }
    let stage = model.standing.value().and_then(|s| s.stage.as_ref());
    match (model.item(), stage) {
        (Some(Item::Secret(_)), _) => {
            "Two are active. Enter on the one that goes; the other one is the new one.".into()
        }
        (Some(Item::Place(_)), Some(Stage::Update(_))) => "Space: this place has the new secret now.".into(),
        (Some(Item::Place(_) | Item::AddPlace), None) => {
            "Where the new secret has to be put in. Each is ticked on its own.".into()
        }
        (Some(Item::Reveal), _) => "Okta's log records that the secrets were read.".into(),
        (Some(Item::Back), Some(Stage::Make)) => {
            "Nothing was made yet: this only forgets the checklist.".into()
        }
        (Some(Item::Back), _) => "A plan that makes the old secret the one that works.".into(),
        (_, Some(Stage::Broken(_))) => "Somebody changed the secrets elsewhere.".into(),
        (_, Some(stage)) => stage.sentence(),
        (_, None) => "Nothing is written to Okta before a plan is applied.".into(),
    }
}

/// The steps in their order, and which of them the rotation stands at.
const STEPS: [&str; 6] = [
    "make the new secret",
    "prove it at the token endpoint",
    "put it in everywhere",
    "deactivate the old one",
    "prove the new one alone",
    "delete the old one",
];

fn reached(stage: &Stage) -> usize {
    match stage {
        Stage::Clear(_) | Stage::Make | Stage::Broken(_) => 0,
        Stage::Prove => 1,
        Stage::Update(_) => 2,
        Stage::Deactivate => 3,
        Stage::Confirm => 4,
        Stage::Delete => 5,
        Stage::Done => 6,
    }
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
    let mut rows = Rows::new(area);
    if model.app.is_none() {
        return rows.push(frame, " This app is not made yet: its first secret comes with it.");
    }
    let standing = match &model.standing {
        Remote::Idle | Remote::Loading => return rows.push(frame, " Reading the client secrets …"),
        Remote::Failed(why, None) => {
            for line in trouble::lines(theme, "FAIL", why, "r reads again.", rows.cells()) {
                rows.push(frame, line);
            }
            return;
        }
        Remote::Ready(standing) | Remote::Failed(_, Some(standing)) => standing,
    };
    for (row, line) in secrets(model, standing, shared, theme).into_iter().enumerate() {
        let on = model.item() == Some(Item::Secret(row));
        let marker = if on { theme.marker() } else { " " };
        let mut spans = vec![Span::raw(format!(" {marker} "))];
        spans.extend(line.spans);
        rows.push(frame, Line::from(spans));
    }
    if let Some(said) = standing.old_in_use() {
        let seen = standing.used.known().is_none_or(|used| {
            used.iter().any(|u| standing.rotation.as_ref().is_some_and(|r| r.old == u.secret))
        });
        let style = if seen { theme.warn() } else { theme.quiet() };
        for line in crate::tui::widgets::wrap::wrap(&said, rows.cells().saturating_sub(4)) {
            rows.push(frame, Line::styled(format!("   {line}"), style));
        }
    }
    if rows.left() > 14 {
        rows.gap();
    }
    match (&standing.rotation, &standing.stage) {
        (Some(rotation), Some(stage)) => steps(model, frame, &mut rows, (rotation, stage), shared, theme),
        _ => {
            rows.push(frame, Line::styled(" Places that will need the new secret", theme.quiet()));
            places(model, frame, &mut rows, theme);
            let on = model.item() == Some(Item::AddPlace);
            let marker = if on { theme.marker() } else { " " };
            if model.adding {
                let (text, column) = model.field.shown(40);
                if let Some(row) = rows.next(1) {
                    frame.render_widget(Line::raw(format!("     {marker} {text}")), row);
                    let x = row.x.saturating_add(7).saturating_add(u16::try_from(column).unwrap_or(u16::MAX));
                    frame.set_cursor_position((x.min(row.right().saturating_sub(1)), row.y));
                }
            } else {
                let style = if on { theme.focus() } else { theme.quiet() };
                rows.push(
                    frame,
                    Line::from(vec![
                        Span::raw(format!("     {marker} ")),
                        Span::styled("+ add a place", style),
                    ]),
                );
            }
        }
    }
    foot(model, frame, &mut rows, standing, shared, theme);
}

fn secrets(model: &Model, standing: &Standing, shared: &Shared, theme: Theme) -> Vec<Line<'static>> {
    let role = |id: &crate::okta::model::SecretId| match &standing.rotation {
        Some(r) if r.old == *id => "old",
        Some(r) if r.new.as_ref() == Some(id) => "new",
        _ => "",
    };
    standing
        .secrets
        .iter()
        .map(|s| {
            let state = if s.active { "active" } else { "inactive" };
            let made = s
                .created
                .map_or_else(|| "age unknown".into(), |t| format!("made {}", time::ago(t, shared.now)));
            let mut spans = vec![
                Span::raw(pad(s.id.as_str(), 22)),
                Span::styled(pad(state, 10), if s.active { theme.good() } else { theme.quiet() }),
                Span::styled(pad(&made, 20), theme.quiet()),
                Span::raw(pad(role(&s.id), 5)),
            ];
            if role(&s.id) == "new"
                && let (Some(secret), true) = (&model.secret, model.showing(shared))
            {
                spans.push(Span::raw(Clean::new(secret.expose()).to_string()));
            }
            Line::from(spans)
        })
        .collect()
}

fn steps(
    model: &Model,
    frame: &mut Frame,
    rows: &mut Rows,
    (rotation, stage): (&Rotation, &Stage),
    shared: &Shared,
    theme: Theme,
) {
    let at = reached(stage);
    rows.push(
        frame,
        Line::styled(format!(" Rotation, begun {}", time::ago(rotation.began, shared.now)), theme.quiet()),
    );
    for (n, step) in STEPS.iter().enumerate() {
        let (mark, style) = match n.cmp(&at) {
            std::cmp::Ordering::Less => (if theme.ascii() { "x" } else { "✓" }, theme.good()),
            std::cmp::Ordering::Equal => (if theme.ascii() { ">" } else { "•" }, theme.text()),
            std::cmp::Ordering::Greater => (" ", theme.quiet()),
        };
        let done = rotation.places.iter().filter(|p| p.updated.is_some()).count();
        let count = if n == 2 && !rotation.places.is_empty() {
            format!("   {done} of {}", rotation.places.len())
        } else {
            String::new()
        };
        rows.push(
            frame,
            Line::from(vec![
                Span::styled(format!("   {mark} {step}"), style),
                Span::styled(count, theme.quiet()),
            ]),
        );
        if n == 2 && at <= 2 {
            places(model, frame, rows, theme);
        }
    }
}

fn places(model: &Model, frame: &mut Frame, rows: &mut Rows, theme: Theme) {
    let all = model.places();
    // The buttons and the steps below keep their rows.
    let room = rows.left().saturating_sub(6).max(1);
    let focused = match model.item() {
        Some(Item::Place(row)) => row,
        _ => 0,
    };
    let first = crate::tui::widgets::rows::first_row(focused, all.len(), room);
    for (n, place) in all.iter().enumerate().skip(first).take(room) {
        let on = model.item() == Some(Item::Place(n));
        let marker = if on { theme.marker() } else { " " };
        let tick = if place.updated.is_some() { "[x]" } else { "[ ]" };
        let style = if on { theme.focus() } else { theme.text() };
        rows.push(
            frame,
            Line::from(vec![
                Span::raw(format!("     {marker} {tick} ")),
                Span::styled(Clean::new(&place.name).to_string(), style),
            ]),
        );
    }
}

fn foot(
    model: &Model,
    frame: &mut Frame,
    rows: &mut Rows,
    standing: &Standing,
    shared: &Shared,
    theme: Theme,
) {
    if let Some(why) = &model.trouble {
        if rows.left() > 4 {
            rows.gap();
        }
        for line in trouble::lines(theme, "FAIL", why, "", rows.cells()) {
            rows.push(frame, line);
        }
    }
    if rows.left() > 2 {
        rows.gap();
    }
    if let Some(stage @ (Stage::Broken(_) | Stage::Clear(_))) = &standing.stage {
        for line in wrap(&stage.sentence(), rows.cells().saturating_sub(2)) {
            rows.push(frame, Line::styled(format!(" {line}"), theme.warn()));
        }
    }
    let mut line = Line::default();
    for item in model.items() {
        let text = match item {
            Item::Next => next_words(standing.stage.as_ref()),
            Item::Reveal if model.showing(shared) => "Hide the new secret",
            Item::Reveal => "Show the new secret",
            Item::Back => "Go back",
            Item::Secret(_) | Item::Place(_) | Item::AddPlace => continue,
        };
        line.spans.extend(button(theme, text, model.item() == Some(item)).spans);
    }
    rows.push(frame, line);
}

fn next_words(stage: Option<&Stage>) -> &'static str {
    match stage {
        None => "Begin a rotation",
        Some(Stage::Clear(_)) => "Next: plan to delete the inactive one",
        Some(Stage::Make) => "Next: plan the new secret",
        Some(Stage::Prove) => "Next: prove it",
        Some(Stage::Update(_)) => "Next: tick the places above",
        Some(Stage::Deactivate) => "Next: plan to deactivate the old one",
        Some(Stage::Confirm) => "Next: prove the new one alone",
        Some(Stage::Delete) => "Next: plan to delete the old one",
        Some(Stage::Done) => "Done: close it",
        Some(Stage::Broken(_)) => "Begin again",
    }
}
