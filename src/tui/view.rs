//! Draws the program: the screen that is shown on its page, and a popup above.

use super::app::App;
use super::command::CommandId;
use super::popup::Popup;
use super::theme::Theme;
use super::widgets::page::{self, SMALLEST};
use super::widgets::rows::first_row;
use crate::text::{cut_end, pad, width};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

/// Draws everything.
pub fn draw(frame: &mut Frame, app: &App) {
    let area = frame.area();
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        return too_small(frame, area);
    }
    let (screen, theme) = (app.screen(), app.theme);
    let mut page = screen.page(&app.shared, theme);
    if let Some((bucket, until)) = &app.shared.waiting {
        let seconds = until.duration_since(app.shared.now).as_secs().max(0);
        page.explain = format!(
            "Waiting for Okta's limit on {bucket}, {seconds} s at most; then oktui goes on by itself."
        );
    } else if let Some(notice) = &app.shared.notice {
        page.explain.clone_from(notice);
        page.notice = true;
    }
    if app.popup.is_some() {
        page.explain = "Enter runs the command under the cursor.".into();
        page.notice = false;
        page.explain_right.clear();
        page.hints = vec![(CommandId::Down, "move"), (CommandId::Open, "run"), (CommandId::Back, "close")];
    }
    let body = page::draw(frame, theme, &page);
    screen.draw(frame, body, &app.shared, theme);
    if let Some(popup) = &app.popup {
        draw_popup(frame, body, popup, theme);
    }
    if theme.ascii() {
        to_ascii(frame.buffer_mut());
    }
}

/// Our own signs as ASCII, one cell for one cell. What a server or a person wrote stays as it is.
fn to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        let sign = match cell.symbol() {
            "…" => "~",
            "•" | "●" => "*",
            "→" | "▸" | "»" | "›" => ">",
            "←" | "◂" | "«" => "<",
            "↑" => "^",
            "↓" => "v",
            "─" | "╌" | "−" | "–" => "-",
            "│" | "▏" => "|",
            "█" => "#",
            "·" => ".",
            "“" | "”" => "\"",
            "‘" | "’" => "'",
            _ => continue,
        };
        cell.set_symbol(sign);
    }
}

fn too_small(frame: &mut Frame, area: Rect) {
    let text = format!(
        "Terminal too small: {}x{} needed, {}x{} here.",
        SMALLEST.0, SMALLEST.1, area.width, area.height
    );
    let lines = super::widgets::wrap::wrap(&text, usize::from(area.width));
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        frame.render_widget(Line::raw(line), Rect { y, height: 1, ..area });
    }
}

/// A popup covers the top of the body between two rules, over its whole width: nothing of the rows below shows beside it. Where it
/// needs all of the body, its lower rule is the page's.
fn draw_popup(frame: &mut Frame, body: Rect, popup: &Popup, theme: Theme) {
    let rows = popup.matching();
    let head = if popup.editing() { 2 } else { 1 };
    let wanted = u16::try_from(rows.len().max(1)).unwrap_or(u16::MAX).saturating_add(head + 1);
    let area = Rect { height: wanted.min(body.height + 1), ..body };
    if area.height < head + 2 {
        return;
    }
    frame.render_widget(Clear, area);
    let cells = usize::from(area.width);
    let line = |y: u16| Rect { y: area.y + y, height: 1, ..area };
    let rule = |words: &str| {
        let words =
            if words.is_empty() { String::new() } else { format!("{}{words}", theme.line().repeat(2)) };
        format!("{words}{}", theme.line().repeat(cells.saturating_sub(width(&words))))
    };
    let title = rule(&format!(" {} ", popup.title));
    frame.render_widget(Line::styled(title, theme.title()), line(0));
    if let Some(filter) = &popup.filter {
        let (shown, column) = filter.shown(cells.saturating_sub(4));
        frame.render_widget(Line::from(vec![Span::styled(" : ", theme.key()), Span::raw(shown)]), line(1));
        frame.set_cursor_position((area.x + 3 + u16::try_from(column).unwrap_or(0), area.y + 1));
    }
    let room = usize::from(area.height - head - 1);
    let first = first_row(popup.cursor, rows.len(), room);
    for (i, command) in rows.iter().enumerate().skip(first).take(room) {
        let on = i == popup.cursor;
        let marker = if on { theme.marker() } else { " " };
        let keys: Vec<String> = command.keys.iter().map(ToString::to_string).collect();
        let style = if on { theme.focus() } else { theme.text() };
        frame.render_widget(
            Line::from(vec![
                Span::raw(format!(" {marker} ")),
                Span::styled(pad(&keys.join(" "), 14), theme.key()),
                Span::styled(cut_end(command.title, cells.saturating_sub(18)), style),
            ]),
            line(head + u16::try_from(i - first).unwrap_or(0)),
        );
    }
    if rows.is_empty() {
        frame.render_widget(Line::styled("   No command is named so.", theme.quiet()), line(head));
    }
    let below = rows.len().saturating_sub(first + room);
    let more = match (first, below) {
        (0, 0) => String::new(),
        (above, 0) => format!(" {above} more above "),
        (0, below) => format!(" {below} more below "),
        (above, below) => format!(" {above} more above, {below} below "),
    };
    frame.render_widget(Line::styled(rule(&more), theme.quiet()), line(area.height - 1));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::job::{Event, Outcome, Slot, Start};
    use crate::tui::app::AppMsg;
    use crate::tui::effect::Effect;
    use crate::tui::key::Key;
    use proptest::prelude::*;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    const NOW: jiff::Timestamp = jiff::Timestamp::UNIX_EPOCH;

    /// The program on its first screen, after these keys.
    fn after(keys: &[Key], ascii: bool) -> App {
        let mut app = App::new(Theme::new(false, ascii), NOW);
        let effects = app.first(false);
        let ticket = effects.iter().find_map(|e| match e {
            Effect::Start { ticket, slot: Slot::Start, .. } => Some(*ticket),
            _ => None,
        });
        let outcome = Outcome::Start(Box::<Start>::default());
        app.update(AppMsg::Event(Event { ticket: ticket.unwrap(), outcome }, NOW));
        for key in keys {
            app.update(AppMsg::Key(*key, NOW));
        }
        app
    }

    fn typed(text: &str) -> Vec<Key> {
        text.chars().map(Key::Char).collect()
    }

    fn drawn(app: &App, (w, h): (u16, u16)) -> String {
        let mut terminal = Terminal::new(TestBackend::new(w, h)).unwrap();
        terminal.draw(|frame| draw(frame, app)).unwrap();
        let buffer = terminal.backend().buffer();
        let line =
            |y| (0..w).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned() + "\n";
        (0..h).map(line).collect()
    }

    fn picture(name: &str, app: &App, sizes: &[(u16, u16)]) {
        let mut settings = insta::Settings::clone_current();
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        for size in sizes {
            let name = format!("{name}-{}x{}", size.0, size.1);
            settings.bind(|| insta::assert_snapshot!(name, drawn(app, *size)));
        }
    }

    #[test]
    fn popups_and_the_smallest_screens_are_drawn() {
        let both = [(80, 24), (120, 40)];
        picture("help", &after(&[Key::Char('?')], false), &both);
        picture("help-end", &after(&[Key::Char('?'), Key::End], false), &both[..1]);
        picture("help-ascii", &after(&[Key::Char('?'), Key::PageDown, Key::PageDown], true), &both[..1]);
        picture("palette", &after(&[Key::Char(':')], false), &both);
        picture("palette-narrowed", &after(&typed(":field"), false), &both[..1]);
        picture("palette-none", &after(&typed(":xyzzy"), false), &both[..1]);
        picture("too-small", &after(&[], false), &[(59, 24), (80, 19), (20, 6), (7, 2)]);
        picture("smallest", &after(&[Key::Char('?')], false), &[SMALLEST]);
    }

    #[test]
    fn what_is_hinted_above_a_popup_works_in_it() {
        for open in [Key::Char('?'), Key::Char(':')] {
            let mut app = after(&[open, Key::Down], false);
            assert_eq!(app.popup.as_ref().map(|p| p.cursor), Some(1));
            app.update(AppMsg::Key(Key::Esc, NOW));
            assert!(app.popup.is_none());
            // The second command, one row down, is run on the screen below.
            let app = after(&[open, Key::Down, Key::Enter], false);
            assert!(app.popup.is_none() && drawn(&app, (80, 24)).contains("▸ Test"));
        }
    }

    #[test]
    fn ctrl_c_stops_a_connection_and_brings_the_form_back() {
        let mut app = after(&[Key::Enter], false);
        app.update(AppMsg::Paste("https://acme.okta.com".into(), NOW));
        app.update(AppMsg::Key(Key::Enter, NOW));
        app.update(AppMsg::Paste("00token".into(), NOW));
        app.update(AppMsg::Key(Key::Enter, NOW));
        assert!(drawn(&app, (80, 24)).contains("Connecting to https://acme.okta.com"));
        assert_eq!(app.update(AppMsg::Key(Key::Ctrl('c'), NOW)), [Effect::Stop(Slot::Connect)]);
        let screen = drawn(&app, (80, 24));
        assert!(screen.contains("▸ API token   [") && screen.contains("Stopped."), "{screen}");
        // Nothing runs any more: it leaves.
        assert_eq!(app.update(AppMsg::Key(Key::Ctrl('c'), NOW)), [Effect::Quit]);
    }

    proptest! {
        #[test]
        fn no_size_panics(
            w in 1u16..200, h in 1u16..60, palette in any::<bool>(), text in "[a-z ]{0,6}", downs in 0usize..40,
        ) {
            let mut keys = vec![Key::Char(if palette { ':' } else { '?' })];
            keys.extend(if palette { typed(&text) } else { Vec::new() });
            keys.extend(vec![Key::Down; downs]);
            drawn(&after(&keys, downs % 2 == 0), (w, h));
        }
    }
}
