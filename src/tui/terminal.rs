//! The terminal, taken and given back whole: raw mode, alternate screen, bracketed paste, cursor. Nothing else writes escape
//! sequences to it. No terminal query is ever sent: the size comes from the system.

use crate::secret::Secret;
use base64::Engine;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::backend::CrosstermBackend;
use std::io::{self, BufWriter, Stdout, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the terminal is ours at this moment; global because the panic hook must know it.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// While a frame is drawn nothing is flushed: ratatui flushes in its middle, before the synchronized update ends.
static HOLDING: AtomicBool = AtomicBool::new(false);

/// Where frames go: standard output behind a buffer that holds a whole frame, so that a frame is one write.
#[derive(Debug)]
pub struct Out(BufWriter<Stdout>);

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        if HOLDING.load(Ordering::Relaxed) { Ok(()) } else { self.0.flush() }
    }
}

/// ratatui's terminal on [`Out`].
pub type Screen = ratatui::Terminal<CrosstermBackend<Out>>;

/// How much a frame may take before it is written in parts.
const FRAME: usize = 64 * 1024;

/// The terminal while it is ours. Dropping it gives it back.
pub struct Terminal {
    screen: Screen,
}

impl Terminal {
    /// Takes the terminal.
    ///
    /// # Errors
    /// Standard output is no terminal.
    pub fn take() -> io::Result<Self> {
        // crossterm writes a full reset for every colour when NO_COLOR is set, and the attributes of our theme for it would be lost.
        crossterm::style::force_color_output(true);
        install_panic_hook();
        let out = Out(BufWriter::with_capacity(FRAME, io::stdout()));
        let mut terminal = Self { screen: ratatui::Terminal::new(CrosstermBackend::new(out))? };
        terminal.enter()?;
        Ok(terminal)
    }

    /// ratatui's terminal.
    pub fn screen(&mut self) -> &mut Screen {
        &mut self.screen
    }

    /// Draws one frame: one write, inside a synchronized update.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn draw(&mut self, draw: impl FnOnce(&mut ratatui::Frame)) -> io::Result<()> {
        HOLDING.store(true, Ordering::Relaxed);
        let drawn = self.frame(draw);
        HOLDING.store(false, Ordering::Relaxed);
        drawn?;
        Write::flush(self.screen.backend_mut())
    }

    fn frame(&mut self, draw: impl FnOnce(&mut ratatui::Frame)) -> io::Result<()> {
        queue!(self.screen.backend_mut(), BeginSynchronizedUpdate)?;
        self.screen.draw(draw)?;
        queue!(self.screen.backend_mut(), EndSynchronizedUpdate)
    }

    fn enter(&mut self) -> io::Result<()> {
        // Off first: whoever stopped us may have set the terminal back, and crossterm would take it for raw still.
        let _ = disable_raw_mode();
        enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        queue!(self.screen.backend_mut(), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)
    }

    /// Takes it again after [`Terminal::leave`]; the next frame draws everything.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn again(&mut self) -> io::Result<()> {
        self.enter()?;
        self.redraw()
    }

    /// Lets the next frame draw everything.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn redraw(&mut self) -> io::Result<()> {
        queue!(self.screen.backend_mut(), Clear(ClearType::All))?;
        // Not ratatui's `clear`, which asks the terminal for the cursor's place.
        self.screen.swap_buffers();
        self.screen.current_buffer_mut().reset();
        self.screen.swap_buffers();
        Ok(())
    }

    /// Gives it back. Doing so twice does nothing.
    pub fn leave(&mut self) {
        let _ = Write::flush(self.screen.backend_mut());
        give_back();
    }

    /// Sends a value to the terminal's clipboard (OSC 52). A terminal may ignore it and never says so. Inside tmux it goes twice: for
    /// tmux itself (`set-clipboard on`) and through it (`allow-passthrough on`); which one is allowed cannot be known.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn copy(&mut self, value: &Secret) -> io::Result<()> {
        let mut sequence = osc_52(value.expose());
        if std::env::var_os("TMUX").is_some() {
            let doubled = sequence.replace('\x1b', "\x1b\x1b");
            sequence.push_str(&format!("\x1bPtmux;{doubled}\x1b\\"));
        }
        self.screen.backend_mut().write_all(sequence.as_bytes())?;
        Write::flush(self.screen.backend_mut())
    }
}

fn osc_52(value: &str) -> String {
    format!("\x1b]52;c;{}\x07", base64::engine::general_purpose::STANDARD.encode(value))
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Gives the terminal back if it is ours: every mode that was switched on is switched off, also one that a torn frame left on.
fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // A terminal that is gone (a dropped link) takes nothing any more; there is nobody to tell.
    let _ = execute!(
        io::stdout(),
        EndSynchronizedUpdate,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
}

/// A panic in any thread or task gives the terminal back, says where it was, and ends the program: tokio would otherwise catch it in a
/// task, and the loop would go on drawing over the shell.
fn install_panic_hook() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            give_back();
            let place =
                panic.location().map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
            // Not the panic's message: it may hold what a server sent.
            eprintln!(
                "oktui crashed{place}. Your draft and the journal are on disk: start oktui again to go on."
            );
            std::process::exit(101);
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_carries_the_value_and_nothing_else() {
        assert_eq!(osc_52("a\x1b"), "\x1b]52;c;YRs=\x07");
    }
}
