//! The command line: the same jobs as the screens, for scripts and for the first day on a new machine.
//!
//! Data goes to standard output, talk to standard error; `--json` makes the data one JSON document. Exit codes are in [`exit`].

/// As the standard library's, but for a reader that is gone (`2>&1 | head`): that must not end an apply in its middle.
macro_rules! eprint {
    ($($arg:tt)*) => {{
        let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!($($arg)*));
    }};
}
/// As [`eprint`], with a line feed.
macro_rules! eprintln {
    () => { eprint!("\n") };
    ($($arg:tt)*) => { eprint!("{}\n", format_args!($($arg)*)) };
}

pub mod args;
mod assign;
mod bundle;
mod commands;
mod diagnose;
mod doctor;
mod drift;
pub mod exit;
mod history;
mod input;
mod login;
mod people;
pub mod print;
mod profiles;
mod review;
mod rotate;
mod servers;
mod side_app;
mod test;
mod this_machine;
mod undo;
mod vault;
mod why;

use args::Command;
use exit::Exit;

/// Carries out a command that needs no screen. The demo is `main`'s.
pub async fn run(command: &Command) -> Exit {
    let result = match command {
        Command::Setup(command) => commands::setup_command(command),
        Command::Login(args) => match places() {
            Ok(places) => login::login(args, places).await,
            Err(e) => Err(e),
        },
        Command::Plan(args) => match places() {
            Ok(places) => commands::plan(args, places).await,
            Err(e) => Err(e),
        },
        Command::Apply(args) => match places() {
            Ok(places) => commands::apply(args, places).await,
            Err(e) => Err(e),
        },
        Command::Battery(args) => match places() {
            Ok(places) => test::battery(args, places).await,
            Err(e) => Err(e),
        },
        Command::Test(args) => match places() {
            Ok(places) => test::test(args, places).await,
            Err(e) => Err(e),
        },
        Command::Servers(args) => match places() {
            Ok(places) => servers::servers(args, places).await,
            Err(e) => Err(e),
        },
        Command::Rotate(args) => match places() {
            Ok(places) => rotate::rotate(args, places).await,
            Err(e) => Err(e),
        },
        Command::Why(args) => match places() {
            Ok(places) => why::why(args, places).await,
            Err(e) => Err(e),
        },
        Command::People(command) => match places() {
            Ok(places) => people::people(command, places).await,
            Err(e) => Err(e),
        },
        Command::Assign(args) => match places() {
            Ok(places) => assign::assign(args, places).await,
            Err(e) => Err(e),
        },
        Command::Review(args) => match places() {
            Ok(places) => review::review(args, places).await,
            Err(e) => Err(e),
        },
        Command::Journal(args) => match places() {
            Ok(places) => undo::journal(args, &places),
            Err(e) => Err(e),
        },
        Command::Undo(args) => match places() {
            Ok(places) => undo::undo(args, places).await,
            Err(e) => Err(e),
        },
        Command::Profiles(command) => match places() {
            Ok(places) => profiles::profiles(command, &places),
            Err(e) => Err(e),
        },
        Command::Vault(command) => match places() {
            Ok(places) => vault::vault(command, places).await,
            Err(e) => Err(e),
        },
        Command::Drift(args) => match places() {
            Ok(places) => drift::drift(args, places).await,
            Err(e) => Err(e),
        },
        Command::Doctor(args) => match places() {
            Ok(places) => doctor::doctor(args, places).await,
            Err(e) => Err(e),
        },
        Command::Diagnose(args) => diagnose::diagnose(args).await,
        Command::Bundle(args) => match places() {
            Ok(places) => bundle::bundle(args, places).await,
            Err(e) => Err(e),
        },
        Command::Demo(_) => Ok(Exit::Ok),
    };
    match result {
        Ok(exit) => exit,
        Err(refusal) => {
            eprintln!("oktui: {}", refusal.sentence);
            refusal.exit
        }
    }
}

fn places() -> Result<crate::store::Places, input::Refusal> {
    crate::store::Places::find().map_err(|e| input::Refusal::usage(e.to_string()))
}
