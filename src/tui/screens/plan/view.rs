//! Draws the plan's screen.

use super::detail;
use super::model::{Confirmation, Face, Focus, Model, RowState, Run, confirmation};
use crate::change::{Allowed, Counted, Planned};
use crate::run::job::{PlanMade, Trouble, Unfinished};
use crate::text::{Clean, pad, plural, thousands, time, width};
use crate::tui::command::CommandId as C;
use crate::tui::shared::Shared;
use crate::tui::theme::Theme;
use crate::tui::widgets::field::Field;
use crate::tui::widgets::page::Page;
use crate::tui::widgets::rows::{Rows, button, first_row, rule};
use crate::tui::widgets::wrap::wrap;
use crate::tui::widgets::{confirm, heading};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// Cells of the columns beside the change's title.
const NUMBER: usize = 7;
const RISK: usize = 8;
const STATE: usize = 12;
/// Up to how many changes the list of an apply follows the one that is being made.
const FOLLOWED: usize = 50;

pub(super) fn page(model: &Model, shared: &Shared, theme: Theme) -> Page {
    let face = model.face(shared);
    let explain = match &face {
        Face::Run(run) if !run.ended => {
            "Okta is being written to. If the link drops, oktui goes on where it stopped."
        }
        Face::Run(_) => "What was made stays made, and is in the journal.",
        Face::Resume(_) => "Changes that were made already are not repeated.",
        Face::Review(_) if model.open && model.focus == Focus::Reason => {
            "Why you do this: kept in the journal beside every change."
        }
        Face::Review(made) if !people(made).is_empty() => {
            &format!("Nothing is written yet: {}.", people(made))
        }
        Face::Review(_) | Face::Loading | Face::Failed(_) | Face::Problems(_) => {
            "Nothing is written yet. If the link drops, oktui goes on where it stopped."
        }
        Face::Nothing(_) | Face::NoWork => "Nothing is written.",
    };
    let mut page = heading::page(shared, theme, explain);
    page.second = Line::raw(format!(" {}", second(&face, shared)));
    page.hints = hints(model, &face, shared);
    page
}

/// Whom the plan touches, in a sentence.
fn people(made: &PlanMade) -> String {
    Counted::of(&made.plan).sentence()
}

fn second(face: &Face, shared: &Shared) -> String {
    match face {
        Face::Run(run) => {
            let what = plural(run.plan.changes.len(), "change");
            if run.ended {
                format!("Applied: {} of {what} as planned", thousands(run.made()))
            } else {
                format!("Applying {what}")
            }
        }
        Face::Resume(_) => "An apply that did not end".into(),
        Face::Review(made) => {
            let left =
                made.plan.notes.iter().filter(|n| shared.undoing() && n.starts_with("Not undone")).count();
            let left = if left > 0 { format!(" ({left} not undone)") } else { String::new() };
            format!("Plan of {}{left}, {}", plural(made.plan.changes.len(), "change"), made.estimate)
        }
        Face::Nothing(_) => "Plan".into(),
        Face::Problems(problems) => {
            format!("No plan yet: {} to settle first", plural(problems.len(), "thing"))
        }
        Face::Loading | Face::Failed(_) | Face::NoWork => {
            let name = shared.work.as_ref().map(|w| Clean::new(&w.draft.setup.app.name));
            name.map_or("Plan".into(), |name| format!("Plan for {name}"))
        }
    }
}

/// What Tab does while changes are made or were: nothing where no other one failed.
fn to_failed(model: &Model, run: &Run) -> Option<(C, &'static str)> {
    run.next_failed(model.cursor, true).filter(|at| *at != model.cursor).map(|_| (C::Next, "next failed"))
}

fn hints(model: &Model, face: &Face, shared: &Shared) -> Vec<(C, &'static str)> {
    if model.question.is_some() {
        return vec![(C::Yes, "yes"), (C::Right, "choose"), (C::Open, "answer"), (C::Back, "no")];
    }
    if model.whole {
        return vec![
            (C::Open, "back to the list"),
            (C::PageDown, "page"),
            (C::Copy, "copy"),
            (C::Back, "back"),
        ];
    }
    match face {
        Face::Review(_) if model.editing(shared) => {
            vec![(C::Next, "next"), (C::Previous, "back"), (C::Back, "stop editing")]
        }
        Face::Review(made) => {
            let mut hints = vec![(
                C::Open,
                match (model.focus, confirmation(shared)) {
                    (Focus::List, _) => "detail",
                    (Focus::Reason, _) => "edit",
                    (_, Confirmation::Not(_)) => "why not",
                    (_, Confirmation::Typed(..)) => "type it",
                    (_, Confirmation::Button(_)) => "apply",
                },
            )];
            hints.push((C::Next, "to apply"));
            if made.plan.changes.len() > 1
                && model.focus == Focus::List
                && model.cursor + 1 < made.plan.changes.len()
            {
                hints.push((C::Down, "move"));
            }
            hints.extend([
                (C::Unstage, if shared.undoing() { "leave out" } else { "" }),
                (C::Export, "save for approval"),
                (C::Copy, ""),
                (C::Again, "read again"),
                (C::Back, ""),
                (C::Help, ""),
            ]);
            hints
        }
        Face::Run(run) if !run.ended => {
            let hold = if run.held { "go on" } else { "hold" };
            let mut hints = vec![(C::Cancel, "stop after this write"), (C::Mark, hold)];
            hints.extend(to_failed(model, run));
            hints.extend([(C::Open, "detail"), (C::Export, "save"), (C::Help, "")]);
            hints
        }
        Face::Run(run) if run.open_ends() => {
            let mut hints = vec![(C::Again, "plan again, go on")];
            hints.extend(to_failed(model, run));
            hints.extend([(C::Copy, ""), (C::Export, "save"), (C::Back, ""), (C::Help, "")]);
            hints
        }
        Face::Run(_) | Face::Nothing(_) if model.undoing(shared) => {
            vec![(C::Open, "to the journal"), (C::Again, "read again"), (C::Back, ""), (C::Help, "")]
        }
        Face::Run(_) if shared.mended() => vec![
            (C::Open, "run the failed test again"),
            (C::HandOver, "values"),
            (C::Again, "plan again"),
            (C::Back, ""),
            (C::Help, ""),
        ],
        Face::Run(_) => vec![
            (C::Open, "hand over"),
            (C::Test, ""),
            (C::Again, "plan again"),
            (C::Back, ""),
            (C::Help, ""),
        ],
        Face::Nothing(_) => vec![
            (C::Open, "hand over"),
            (C::Test, ""),
            (C::Again, "read again"),
            (C::Back, ""),
            (C::Help, ""),
        ],
        Face::Resume(_) => vec![(C::Open, "go on"), (C::Export, "save"), (C::Back, ""), (C::Help, "")],
        Face::Failed(_) => vec![(C::Again, "try again"), (C::Back, ""), (C::Help, "")],
        Face::Problems(_) => {
            let open = if shared.undoing() { "to the journal" } else { "to the steps" };
            vec![(C::Open, open), (C::Again, "read again"), (C::Back, ""), (C::Help, "")]
        }
        Face::Loading | Face::NoWork => vec![(C::Back, ""), (C::Help, "")],
    }
}

pub(super) fn draw(model: &Model, frame: &mut Frame, area: Rect, shared: &Shared, theme: Theme) {
    let mut rows = Rows::new(area);
    if model.whole {
        return draw_whole(model, frame, &mut rows, shared, theme);
    }
    match model.face(shared) {
        Face::Run(run) => draw_run(model, run, frame, &mut rows, shared, theme),
        Face::Resume(unfinished) => draw_resume(model, unfinished, frame, &mut rows, theme),
        Face::NoWork => text(
            frame,
            &mut rows,
            "No app is being worked on. Esc goes back; choose an app there, or set up a new one.",
        ),
        Face::Loading => {
            text(frame, &mut rows, "Reading what is live in the org, to compare it with what you want ...");
            waiting(frame, &mut rows, shared, theme);
        }
        Face::Failed(trouble) => {
            rows.push(frame, Line::styled(" The plan could not be made.", theme.bad()));
            rows.gap();
            draw_trouble(frame, &mut rows, trouble);
            rows.gap();
            rows.push(frame, button(theme, "Try again", true));
        }
        Face::Problems(problems) => draw_problems(model, problems, frame, &mut rows, shared, theme),
        Face::Nothing(made) => {
            let said = if shared.undoing() {
                " Nothing is left to undo."
            } else {
                " Everything is as wanted: nothing to write."
            };
            rows.push(frame, Line::styled(said, theme.good()));
            rows.gap();
            for note in &made.plan.notes {
                text(frame, &mut rows, &format!("Note: {note}"));
            }
            rows.down_to(2);
            rows.push(frame, button(theme, next(shared.undoing(), shared.mended()), true));
        }
        Face::Review(made) => draw_review(model, made, frame, &mut rows, shared, theme),
    }
}

fn text(frame: &mut Frame, rows: &mut Rows, text: &str) {
    for line in wrap(text, rows.cells().saturating_sub(2)) {
        rows.push(frame, Line::raw(format!(" {line}")));
    }
}

fn draw_trouble(frame: &mut Frame, rows: &mut Rows, trouble: &Trouble) {
    text(frame, rows, trouble.what.as_str());
    text(frame, rows, trouble.help.as_str());
}

fn waiting(frame: &mut Frame, rows: &mut Rows, shared: &Shared, theme: Theme) {
    if let Some((bucket, until)) = &shared.waiting {
        let seconds = until.duration_since(shared.now).as_secs().max(0);
        let line = format!(" Okta's limit for {bucket} is used up: going on by itself in {seconds} s.");
        rows.push(frame, Line::styled(line, theme.warn()));
    }
}

fn draw_whole(model: &Model, frame: &mut Frame, rows: &mut Rows, shared: &Shared, theme: Theme) {
    if let Some(planned) = model.planned(shared) {
        rows.push(frame, Line::raw(format!(" {}  {}", planned.number, planned.title)));
        rows.gap();
    }
    let cells = rows.cells().saturating_sub(6);
    let lines = wrapped(model, shared, theme, cells);
    let skip = model.scroll.min(lines.len().saturating_sub(rows.left()));
    for (line, style) in lines.iter().skip(skip).take(rows.left()) {
        rows.push(frame, Line::styled(format!("    {line}"), *style));
    }
}

/// The detail in lines of so many cells. What stops the gateway or takes something away for good is in the colour of what is bad.
fn wrapped(model: &Model, shared: &Shared, theme: Theme, cells: usize) -> Vec<(String, Style)> {
    let styled = |line: &String| if detail::is_grave(line) { theme.bad() } else { theme.text() };
    let lines = detail::lines(model, shared);
    lines
        .iter()
        .flat_map(|line| wrap(line, cells).into_iter().map(move |part| (part, styled(line))))
        .collect()
}

fn head(frame: &mut Frame, rows: &mut Rows, theme: Theme, last: (&str, &str)) {
    let title = rows.cells().saturating_sub(NUMBER + RISK + STATE + 1);
    let (third, fourth) = last;
    let line = format!("{:>5}  {}{third:<RISK$}{fourth:>STATE$}", "#", pad("change", title));
    rows.push(frame, Line::styled(line, theme.quiet()));
}

fn change_row(theme: Theme, planned: &Planned, on: bool, cells: usize, last: (&str, &str)) -> Line<'static> {
    let (third, fourth) = last;
    let marker = if on { theme.marker() } else { " " };
    // Long numbers take from the gap behind them, so that the columns stay.
    let number = format!("{:>3} ", planned.number);
    let number = format!(" {marker}{number:<5}");
    let title = cells.saturating_sub(width(&number) + RISK + STATE + 1);
    let right = format!("{}{fourth}", " ".repeat(STATE.saturating_sub(width(fourth))));
    Line::from(vec![
        Span::raw(number),
        Span::styled(pad(planned.title.as_str(), title), if on { theme.focus() } else { theme.text() }),
        Span::styled(pad(third, RISK), theme.state(third)),
        Span::styled(right, theme.state(fourth.trim())),
    ])
}

fn draw_review(
    model: &Model,
    made: &PlanMade,
    frame: &mut Frame,
    rows: &mut Rows,
    shared: &Shared,
    theme: Theme,
) {
    let foot = 4;
    let changes = &made.plan.changes;
    head(frame, rows, theme, ("risk", "people"));
    let room = changes.len().min(rows.left().saturating_sub(foot + 7).max(3));
    let first = first_row(model.cursor, changes.len(), room);
    for (i, planned) in changes.iter().enumerate().skip(first).take(room) {
        let on = i == model.cursor && model.focus == Focus::List;
        let people = match planned.allowed {
            Allowed::No { .. } => "NOT ALLOWED".to_owned(),
            Allowed::Yes => planned.people.short(),
        };
        rows.push(frame, change_row(theme, planned, on, rows.cells(), (planned.risk.word(), &people)));
    }
    rows.push(frame, rule(theme, rows.cells()));
    draw_detail(model, frame, rows, shared, theme, foot + 1);
    rows.down_to(foot);
    rows.push(
        frame,
        field_row(
            theme,
            "Reason or ticket",
            &model.reason,
            model.focus == Focus::Reason,
            model.open,
            30,
            "kept in the journal",
        ),
    );
    if let Some(question) = &model.question {
        return confirm::draw(frame, rows, question, theme);
    }
    let on = model.focus == Focus::Confirm;
    match confirmation(shared) {
        Confirmation::Not(why) => {
            for line in wrap(&why, rows.cells().saturating_sub(4)) {
                let marker = if on { theme.marker() } else { " " };
                rows.push(frame, Line::styled(format!(" {marker} {line}"), theme.warn()));
            }
        }
        Confirmation::Typed(prompt, expected) => {
            let room = width(expected).clamp(4, 24) + 2;
            rows.push(frame, field_row(theme, prompt, &model.typed, on, model.open, room, ""));
            if model.wrong {
                let line = format!("   That is not {expected}. Nothing was written.");
                rows.push(frame, Line::styled(line, theme.bad()));
            } else if on {
                rows.push(
                    frame,
                    Line::styled("   Enter applies once it is typed.".to_owned(), theme.quiet()),
                );
            }
        }
        Confirmation::Button(may) => {
            rows.push(frame, button(theme, &format!("Apply {}", plural(may, "change")), on))
        }
    }
}

/// As much of the detail as fits above the last `keep` rows; the rest is a line that says how to see it.
fn draw_detail(
    model: &Model,
    frame: &mut Frame,
    rows: &mut Rows,
    shared: &Shared,
    theme: Theme,
    keep: usize,
) {
    let number = model.planned(shared).map_or(String::new(), |p| p.number.to_string());
    let cells = rows.cells().saturating_sub(6);
    let lines = wrapped(model, shared, theme, cells);
    let room = rows.left().saturating_sub(keep);
    let shown = if lines.len() > room { room.saturating_sub(1) } else { lines.len() };
    for (i, (line, style)) in lines.iter().take(shown).enumerate() {
        let number = if i == 0 { number.as_str() } else { "" };
        rows.push(
            frame,
            Line::from(vec![Span::raw(format!("{number:>3}  ")), Span::styled(line.clone(), *style)]),
        );
    }
    if shown < lines.len() && room > 0 {
        let line = format!("     {} more: Enter shows all", plural(lines.len() - shown, "line"));
        rows.push(frame, Line::styled(line, theme.quiet()));
    }
}

fn field_row(
    theme: Theme,
    label: &str,
    field: &Field,
    on: bool,
    open: bool,
    cells: usize,
    after: &str,
) -> Line<'static> {
    let (shown, cursor) = field.shown(cells);
    let marker = if on { theme.marker() } else { " " };
    let mut spans = vec![Span::raw(format!(" {marker} {label}   ["))];
    if on && open {
        let left: String = shown.chars().take(cursor).collect();
        let right: String = shown.chars().skip(cursor + 1).collect();
        spans.extend([
            Span::styled(left, theme.focus()),
            Span::styled("_", theme.key()),
            Span::styled(right, theme.focus()),
        ]);
    } else {
        spans.push(Span::styled(shown, if on { theme.focus() } else { theme.text() }));
    }
    spans.push(Span::raw("]  "));
    spans.push(Span::styled(after.to_owned(), theme.quiet()));
    Line::from(spans)
}

fn draw_run(model: &Model, run: &Run, frame: &mut Frame, rows: &mut Rows, shared: &Shared, theme: Theme) {
    head(frame, rows, theme, ("risk", "state"));
    let total = run.plan.changes.len();
    let room = total.min(rows.left().saturating_sub(9).max(3));
    // A long list is not run after: rows that jump by would tell nobody anything.
    let current =
        run.rows.iter().position(|row| *row == RowState::Running).filter(|_| !run.ended && total <= FOLLOWED);
    let first = first_row(current.unwrap_or(model.cursor), total, room);
    for (i, (planned, state)) in run.plan.changes.iter().zip(&run.rows).enumerate().skip(first).take(room) {
        rows.push(
            frame,
            change_row(
                theme,
                planned,
                i == model.cursor,
                rows.cells(),
                (planned.risk.word(), state.word(run.ended)),
            ),
        );
    }
    rows.push(frame, rule(theme, rows.cells()));
    if !run.ended {
        draw_pace(run, frame, rows, shared, theme);
        waiting(frame, rows, shared, theme);
        if run.stopping {
            rows.push(
                frame,
                Line::styled(" Stopping after the write that is under way.".to_owned(), theme.warn()),
            );
        }
        return;
    }
    draw_ended(run, model.cursor, frame, rows, theme, shared.mended());
}

/// Where a plan leads when nothing is left to do.
fn next(undoing: bool, mended: bool) -> &'static str {
    match (undoing, mended) {
        (true, _) => "Back to the journal",
        (false, true) => "Run the failed test again",
        (false, false) => "Next: Hand over",
    }
}

fn draw_pace(run: &Run, frame: &mut Frame, rows: &mut Rows, shared: &Shared, theme: Theme) {
    let total = run.plan.changes.len();
    let Some(pace) = &run.pace else {
        let budget = shared
            .tightest()
            .map_or(String::new(), |b| format!("; {}: {} of {} calls left", b.name, b.remaining, b.limit));
        let line = format!(" {} of {} done{budget}", thousands(run.made()), thousands(total));
        return rows.push(frame, Line::raw(line));
    };
    let mut parts = vec![format!("{} of {} done", thousands(pace.done), thousands(pace.total))];
    if pace.failed > 0 {
        parts.push(format!("{} failed", thousands(pace.failed)));
    }
    parts.extend(pace.per_minute.map(|n| format!("{} a minute", thousands(n as usize))));
    parts.extend(pace.seconds_left.map(|s| format!("about {} left", time::length(s))));
    rows.push(frame, Line::raw(format!(" {}", parts.join(", "))));
    if let Some(bucket) = &pace.bucket {
        let line = format!(
            " {}: {} of {} calls left; {} % stay with the org's other users",
            bucket.name, bucket.remaining, bucket.limit, pace.headroom
        );
        rows.push(frame, Line::styled(line, theme.quiet()));
    }
    if run.held {
        let line = " Held: nothing new is sent. Space goes on.".to_owned();
        rows.push(frame, Line::styled(line, theme.warn()));
    }
}

fn draw_ended(run: &Run, cursor: usize, frame: &mut Frame, rows: &mut Rows, theme: Theme, mended: bool) {
    let total = run.plan.changes.len();
    let (line, style) = if run.open_ends() {
        (
            format!(
                " {} of {} made. What was made stays; planning again goes on with the rest.",
                thousands(run.made()),
                thousands(total)
            ),
            theme.bad(),
        )
    } else if run.made() == total {
        (format!(" Done: {} of {}.", thousands(run.made()), thousands(total)), theme.good())
    } else {
        (
            format!(
                " {} of {} made; the rest is not yours to make (NOT ALLOWED): y copies the request.",
                thousands(run.made()),
                thousands(total)
            ),
            theme.warn(),
        )
    };
    rows.push(frame, Line::styled(line, style));
    if let Some(trouble) = &run.trouble {
        draw_trouble(frame, rows, trouble);
    }
    // What failed, from the cursor on where that is on one that did.
    let from = if run.rows.get(cursor).is_some_and(RowState::is_failed) { cursor } else { 0 };
    for (planned, state) in run.plan.changes.iter().zip(&run.rows).skip(from) {
        if state.is_failed() {
            for (i, line) in detail::of_state(state).iter().enumerate() {
                let number = if i == 0 { planned.number.to_string() } else { String::new() };
                let cells = rows.cells().saturating_sub(6);
                for (j, part) in wrap(line, cells).iter().enumerate() {
                    let number = if j == 0 { number.as_str() } else { "" };
                    if rows.left() > 2 {
                        rows.push(frame, Line::raw(format!("{number:>3}  {part}")));
                    }
                }
            }
        }
    }
    rows.down_to(1);
    rows.push(
        frame,
        button(theme, if run.open_ends() { "Plan again" } else { next(run.plan.id.is_undo(), mended) }, true),
    );
}

fn draw_resume(model: &Model, unfinished: &Unfinished, frame: &mut Frame, rows: &mut Rows, theme: Theme) {
    let plan = &unfinished.plan;
    let total = plan.changes.len();
    text(
        frame,
        rows,
        &format!(
            "An apply for \"{}\" stopped after {} of {total}. Going on finds out what Okta has by now, and makes only the rest.",
            plan.label, unfinished.done
        ),
    );
    rows.gap();
    head(frame, rows, theme, ("risk", "state"));
    let room = total.min(rows.left().saturating_sub(3));
    let first = first_row(model.cursor, total, room);
    for (i, planned) in plan.changes.iter().enumerate().skip(first).take(room) {
        let state = if i < unfinished.done { "OK" } else { "not yet" };
        rows.push(frame, change_row(theme, planned, false, rows.cells(), (planned.risk.word(), state)));
    }
    rows.down_to(2);
    rows.push(frame, button(theme, "Go on", true));
}

fn draw_problems(
    model: &Model,
    problems: &[Trouble],
    frame: &mut Frame,
    rows: &mut Rows,
    shared: &Shared,
    theme: Theme,
) {
    let undoing = shared.undoing();
    text(
        frame,
        rows,
        if undoing {
            "There is no plan to undo this:"
        } else {
            "The plan cannot be made as the setup stands:"
        },
    );
    rows.gap();
    let cells = rows.cells().saturating_sub(6);
    for (i, problem) in problems.iter().enumerate().skip(model.cursor.saturating_sub(1)) {
        let marker = if i == model.cursor { theme.marker() } else { " " };
        for (j, line) in wrap(problem.what.as_str(), cells).iter().enumerate() {
            let lead = if j == 0 { format!(" {marker} ") } else { "   ".into() };
            if rows.left() > 2 {
                rows.push(frame, Line::from(vec![Span::raw(lead), Span::styled(line.clone(), theme.bad())]));
            }
        }
        for line in wrap(problem.help.as_str(), cells) {
            if rows.left() > 2 {
                rows.push(frame, Line::raw(format!("     {line}")));
            }
        }
    }
    rows.down_to(2);
    rows.push(frame, button(theme, if undoing { "Back to the journal" } else { "Back to the steps" }, true));
}
