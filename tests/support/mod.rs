//! Drives the real binary in a pseudo-terminal: keys in, screen out. Waits for what the screen shows, never for time to pass.
#![allow(dead_code, reason = "each test file uses its own part of this")]

pub mod capture;
pub mod served;
pub mod svg;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

struct Seen {
    parser: vt100::Parser,
    raw: Vec<u8>,
    ended: bool,
}

/// A running oktui and the terminal it runs in.
pub struct Tui {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    /// The terminal's settings before anybody touched them.
    settings: String,
    /// How many keys were sent.
    pub keys: usize,
}

/// How long a screen may take to show what a test waits for; a slow machine may set `OKTUI_TEST_PATIENCE` in seconds.
fn patience() -> Duration {
    Duration::from_secs(std::env::var("OKTUI_TEST_PATIENCE").ok().and_then(|s| s.parse().ok()).unwrap_or(30))
}

fn size(n: u16) -> std::num::NonZeroU16 {
    std::num::NonZeroU16::new(n).unwrap()
}

fn settings(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().expect("the terminal has settings"))
}

impl Tui {
    /// Starts the binary with these arguments in a terminal of `cols` x `rows`, all its files under `home`.
    pub fn start(home: &Path, cols: u16, rows: u16, args: &[&str], env: &[(&str, &str)]) -> Self {
        Self::start_program(Path::new(env!("CARGO_BIN_EXE_oktui")), home, (cols, rows), args, env)
    }

    /// Starts any program so.
    pub fn start_program(
        program: &Path,
        home: &Path,
        (cols, rows): (u16, u16),
        args: &[&str],
        env: &[(&str, &str)],
    ) -> Self {
        let mut command = CommandBuilder::new(program);
        command.args(args);
        Self::spawn(command, home, (cols, rows), env)
    }

    /// Runs a script of bash in a terminal of 80x24; `$OKTUI` is the binary. For what needs a shell around it: job control.
    pub fn script(home: &Path, script: &str) -> Self {
        let mut command = CommandBuilder::new("bash");
        command.args(["--norc", "-c", script]);
        Self::spawn(command, home, (80, 24), &[("OKTUI", env!("CARGO_BIN_EXE_oktui"))])
    }

    fn spawn(
        mut command: CommandBuilder,
        home: &Path,
        (cols, rows): (u16, u16),
        env: &[(&str, &str)],
    ) -> Self {
        let pair =
            native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        for name in ["NO_COLOR", "TMUX", "OKTUI_ORG_URL", "OKTUI_API_TOKEN", "HTTPS_PROXY", "HTTP_PROXY"] {
            command.env_remove(name);
        }
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("OKTUI_HOME", home);
        // What is saved without a folder lands here.
        command.cwd(home);
        for (name, value) in env {
            command.env(name, value);
        }
        let settings = settings(&*pair.master);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let seen = Arc::new((
            Mutex::new(Seen {
                parser: vt100::Parser::new(size(rows), size(cols), 0),
                raw: Vec::new(),
                ended: false,
            }),
            Condvar::new(),
        ));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let theirs = seen.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 65_536];
            loop {
                let n = reader.read(&mut buffer).unwrap_or(0);
                let mut state = theirs.0.lock().unwrap();
                if n == 0 {
                    state.ended = true;
                    theirs.1.notify_all();
                    return;
                }
                state.parser.process(&buffer[..n]);
                state.raw.extend_from_slice(&buffer[..n]);
                theirs.1.notify_all();
            }
        });
        let writer = pair.master.take_writer().unwrap();
        Self { child, master: pair.master, writer, seen, settings, keys: 0 }
    }

    /// What the screen shows, line by line.
    pub fn screen(&self) -> String {
        self.seen.0.lock().unwrap().parser.screen().contents()
    }

    /// Waits until the screen satisfies `until`; on failure the screen is in the message.
    #[track_caller]
    pub fn wait_until(&self, what: &str, until: impl Fn(&str) -> bool) -> String {
        let end = Instant::now() + patience();
        let mut state = self.seen.0.lock().unwrap();
        loop {
            let screen = state.parser.screen().contents();
            if until(&screen) {
                return screen;
            }
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero() && !state.ended, "waited for {what}; the screen shows:\n{screen}");
            state = self.seen.1.wait_timeout(state, left).unwrap().0;
        }
    }

    /// Waits until the screen shows `text`.
    #[track_caller]
    pub fn wait(&self, text: &str) -> String {
        self.wait_until(text, |s| s.contains(text))
    }

    /// Sends raw bytes.
    pub fn send(&mut self, bytes: &str) {
        self.writer.write_all(bytes.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Presses keys by name: `Enter`, `Tab`, `Down`, `C-c`, or one character.
    pub fn press(&mut self, keys: &[&str]) {
        for key in keys {
            self.keys += 1;
            let bytes: String = match *key {
                "Enter" => "\r".into(),
                "Tab" => "\t".into(),
                "BackTab" => "\x1b[Z".into(),
                "Esc" => "\x1b".into(),
                "Space" => " ".into(),
                "Backspace" => "\x7f".into(),
                "Up" => "\x1b[A".into(),
                "Down" => "\x1b[B".into(),
                "Right" => "\x1b[C".into(),
                "Left" => "\x1b[D".into(),
                "End" => "\x1b[F".into(),
                "Home" => "\x1b[H".into(),
                "PageDown" => "\x1b[6~".into(),
                "PageUp" => "\x1b[5~".into(),
                key => match key.strip_prefix("C-").and_then(|k| k.chars().next()) {
                    Some(c) => char::from(c.to_ascii_uppercase() as u8 & 31).to_string(),
                    None => key.into(),
                },
            };
            self.send(&bytes);
        }
    }

    /// Changes the terminal's size.
    pub fn resize(&mut self, cols: u16, rows: u16) {
        // Held until both know: what the program writes for the new size must not meet a screen of the old one.
        let mut state = self.seen.0.lock().unwrap();
        state.parser.screen_mut().set_size(size(rows), size(cols));
        self.master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// The program's process id.
    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Sends a signal to the program.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = self.child.process_id().and_then(|p| rustix::process::Pid::from_raw(p as i32)).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Waits for the program to end and gives its exit code (128 + signal when one ended it).
    #[track_caller]
    pub fn exit_code(&mut self) -> u32 {
        let end = Instant::now() + patience();
        let mut state = self.seen.0.lock().unwrap();
        while !state.ended {
            let left = end.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "the program does not end; the screen shows:\n{}",
                state.parser.screen().contents()
            );
            state = self.seen.1.wait_timeout(state, left).unwrap().0;
        }
        drop(state);
        self.child.wait().unwrap().exit_code()
    }

    /// The screen as an SVG picture.
    pub fn picture(&self) -> String {
        svg::picture(self.seen.0.lock().unwrap().parser.screen())
    }

    /// Waits until nothing was written for `time`.
    #[track_caller]
    pub fn settle(&self, time: Duration) {
        let end = Instant::now() + patience();
        while !self.silent(time) {
            assert!(Instant::now() < end, "it never gets quiet; the screen shows:\n{}", self.screen());
        }
    }

    /// Waits for a byte for `time`; whether none came.
    pub fn silent(&self, time: Duration) -> bool {
        let state = self.seen.0.lock().unwrap();
        let before = state.raw.len();
        let same = |state: &mut Seen| state.raw.len() == before && !state.ended;
        let (state, _) = self.seen.1.wait_timeout_while(state, time, same).unwrap();
        state.raw.len() == before
    }

    /// How many bytes were written so far.
    pub fn bytes(&self) -> usize {
        self.seen.0.lock().unwrap().raw.len()
    }

    /// Everything that was written so far.
    pub fn raw(&self) -> Vec<u8> {
        self.seen.0.lock().unwrap().raw.clone()
    }

    /// Asserts that the terminal was given back whole: main screen, cursor shown, no mode left on.
    #[track_caller]
    pub fn assert_restored(&self) {
        let state = self.seen.0.lock().unwrap();
        let screen = state.parser.screen();
        assert!(!screen.alternate_screen(), "still on the alternate screen");
        assert!(!screen.hide_cursor(), "the cursor is hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is on");
        let raw = String::from_utf8_lossy(&state.raw);
        assert!(raw.rfind("\x1b[?2026h") < raw.rfind("\x1b[?2026l"), "a synchronized update was left open");
        assert_eq!(settings(&*self.master), self.settings, "raw mode was left on");
    }
}

impl Drop for Tui {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
