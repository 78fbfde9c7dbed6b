//! A QR code for a phone's camera, in half blocks.

use qrcode::{Color as Module, EcLevel, QrCode};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};

/// Light modules around the code. ISO 18004 asks for four; cameras find it with two, and rows are scarce.
const QUIET: isize = 2;

/// Draws the code of `text` at the right of `area` where it fits beside `words` cells, and gives what is left of it: half a code is none.
pub fn beside(text: &str, words: usize, frame: &mut Frame, area: Rect) -> Option<Rect> {
    let picture = lines(text);
    let wide = picture.first().map_or(0, Line::width);
    let fits = picture.len() <= usize::from(area.height) && words + wide < usize::from(area.width);
    let wide = u16::try_from(wide).ok().filter(|wide| fits && *wide > 0)?;
    let right = Rect { x: area.right().saturating_sub(wide), width: wide.min(area.width), ..area };
    for (line, row) in picture.into_iter().zip(right.rows()) {
        frame.render_widget(line, row);
    }
    Some(Rect { width: area.width.saturating_sub(wide + 1), ..area })
}

/// Two modules in a cell, one above the other, dark on light whatever the terminal's colours are: a camera needs that.
fn lines(text: &str) -> Vec<Line<'static>> {
    let Ok(code) = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::L) else {
        return Vec::new();
    };
    let width = isize::try_from(code.width()).unwrap_or(0);
    let colors = code.to_colors();
    let dark = |x: isize, y: isize| {
        let inside = (0..width).contains(&x) && (0..width).contains(&y);
        let at = usize::try_from(y * width + x).ok().filter(|_| inside);
        at.and_then(|at| colors.get(at)) == Some(&Module::Dark)
    };
    let style = Style::new().fg(Color::Black).bg(Color::White);
    let end = width + QUIET;
    (-QUIET..end)
        .step_by(2)
        .map(|y| {
            let row: String = (-QUIET..end)
                .map(|x| match (dark(x, y), dark(x, y + 1)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                })
                .collect();
            Line::from(Span::styled(row, style))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_whole_with_light_around_it() {
        let drawn = lines("https://acme.okta.com/activate?user_code=ABCDEFGH");
        let rows: Vec<String> = drawn.iter().map(ToString::to_string).collect();
        assert!(rows.iter().all(|r| r.chars().count() == rows[0].chars().count()));
        assert!(rows[0].trim().is_empty(), "the quiet zone");
        // The finder pattern: a dark bar of seven modules begins in the corner.
        assert!(rows[1].starts_with("  █▀▀▀▀▀█ "), "{}", rows[1]);
        assert!(rows.len() <= 18, "{} rows do not fit in a small terminal", rows.len());
    }

    #[test]
    fn what_is_too_long_for_a_code_is_not_drawn() {
        assert!(lines(&"x".repeat(5_000)).is_empty());
    }
}
