//! Draws the program: the screen that is shown on its page, and a popup above.

use super::app::App;
use super::popup::Popup;
use super::theme::Theme;
use super::widgets::page::{self, SMALLEST};
use super::widgets::rows::first_row;
use crate::text::{cut_end, pad, width};
use ratatui::Frame;
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
    }
    let body = page::draw(frame, theme, &page);
    screen.draw(frame, body, &app.shared, theme);
    if let Some(popup) = &app.popup {
        draw_popup(frame, body, popup, theme);
    }
    if theme.ascii() {
        in_ascii(frame);
    }
}

/// Our own signs in ASCII, whoever drew them. What a server named stays as it is.
fn in_ascii(frame: &mut Frame) {
    for cell in &mut frame.buffer_mut().content {
        let sign = match cell.symbol() {
            "…" => "~",
            "•" => "*",
            "↑" => "^",
            "↓" => "v",
            "←" => "<",
            "→" => ">",
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

fn draw_popup(frame: &mut Frame, body: Rect, popup: &Popup, theme: Theme) {
    let rows = popup.matching();
    let head = if popup.editing() { 2 } else { 1 };
    let wanted = u16::try_from(rows.len()).unwrap_or(u16::MAX).saturating_add(head + 1);
    let area = Rect {
        x: body.x + 2,
        width: body.width.saturating_sub(4).min(76),
        y: body.y,
        height: wanted.min(body.height),
    };
    if area.height <= head || area.width < 20 {
        return;
    }
    frame.render_widget(Clear, area);
    let cells = usize::from(area.width);
    let line = |y: u16| Rect { y: area.y + y, height: 1, ..area };
    let title = format!("{} {} ", theme.line().repeat(2), popup.title);
    let fill = cells.saturating_sub(width(&title));
    frame
        .render_widget(Line::styled(format!("{title}{}", theme.line().repeat(fill)), theme.title()), line(0));
    if let Some(filter) = &popup.filter {
        let (shown, column) = filter.shown(cells.saturating_sub(4));
        frame.render_widget(Line::from(vec![Span::styled(" : ", theme.key()), Span::raw(shown)]), line(1));
        frame.set_cursor_position((area.x + 3 + u16::try_from(column).unwrap_or(0), area.y + 1));
    }
    let room = usize::from(area.height - head).saturating_sub(1).max(1);
    let first = first_row(popup.cursor, rows.len(), room);
    for (i, command) in rows.iter().enumerate().skip(first).take(room) {
        let marker = if i == popup.cursor { theme.marker() } else { " " };
        let keys: Vec<String> = command.keys.iter().map(ToString::to_string).collect();
        let text = cut_end(command.title, cells.saturating_sub(19));
        frame.render_widget(
            Line::from(vec![
                Span::raw(format!(" {marker} ")),
                Span::styled(pad(&keys.join(" "), 14), theme.key()),
                Span::raw(pad(&text, cells.saturating_sub(17))),
            ]),
            line(head + u16::try_from(i - first).unwrap_or(0)),
        );
    }
    if rows.is_empty() {
        frame.render_widget(Line::styled("   nothing is named so", theme.quiet()), line(head));
    }
}
