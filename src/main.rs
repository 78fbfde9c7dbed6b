//! Parses the arguments and starts one of the two faces, or the demo org. The only place that knows all three.

use clap::Parser;
use oktui::cli::args::{Cli, Command, DemoArgs, EngineArg};
use oktui::cli::exit::Exit;
use oktui::run::job::{Job, Slot, Ticket};
use oktui::run::runner::{DemoStarter, Runner};
use oktui::run::session::DemoAccess;
use oktui::secret::Secret;
use oktui::store::Places;
use oktui::tui::event_loop::{Ended, Jobs};
use oktui::{cli, demo, tui};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::{OnceCell, mpsc};

fn main() -> ExitCode {
    // A crash must not write the memory, with the secrets in it, into a file. Where the system refuses, nothing else changes.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let cli = Cli::parse();
    match cli.command {
        Some(Command::Demo(args)) if args.scenario == "list" => list_scenarios(),
        Some(Command::Demo(args)) if args.serve => block_on(serve(args)),
        Some(Command::Demo(args)) => full_screen(cli.ascii, cli.read_only, Some(args)),
        Some(command) => block_on(async move { ExitCode::from(cli::run(&command).await.code()) }),
        None => full_screen(cli.ascii, cli.read_only, None),
    }
}

/// Bytes of stack of a worker of the runtime.
const STACK: usize = 8 * 1024 * 1024;

fn runtime() -> Result<Runtime, ExitCode> {
    // A job that reads, plans and applies in one is deep, deeper than the usual 2 MiB in a build without optimisation. It is address space,
    // not memory.
    let built = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(STACK)
        .enable_all()
        .build();
    built.map_err(|e| fail(Exit::Usage, &format!("the system gives no threads: {e}")))
}

fn block_on(work: impl Future<Output = ExitCode>) -> ExitCode {
    match runtime() {
        Ok(runtime) => runtime.block_on(work),
        Err(code) => code,
    }
}

fn fail(exit: Exit, sentence: &str) -> ExitCode {
    let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("oktui: {sentence}\n"));
    ExitCode::from(exit.code())
}

fn options(args: &DemoArgs) -> Result<demo::Options, String> {
    Ok(demo::Options {
        users: args.users,
        groups: args.groups,
        seed: args.seed,
        port: args.port,
        engine: match args.engine {
            EngineArg::Identity => demo::Engine::Identity,
            EngineArg::Classic => demo::Engine::Classic,
        },
        scenario: args.scenario.parse().map_err(|e: demo::UnknownName| e.to_string())?,
        traffic: demo::Traffic {
            latency_ms: args.latency,
            limit: args.limit,
            window_ms: i64::from(args.window) * 1_000,
            ..demo::Traffic::default()
        },
    })
}

/// `oktui demo --scenario list`
fn list_scenarios() -> ExitCode {
    use std::io::Write;
    let mut out = std::io::stdout();
    let width = demo::Scenario::list().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, what) in demo::Scenario::list() {
        // Whoever reads may have seen enough and closed the pipe.
        if writeln!(out, "{name:width$}  {what}").is_err() {
            break;
        }
    }
    ExitCode::SUCCESS
}

/// `oktui demo --serve`: one line of JSON, then the org until Ctrl-C or SIGTERM.
async fn serve(args: DemoArgs) -> ExitCode {
    use std::io::Write;
    let options = match options(&args) {
        Ok(options) => options,
        Err(sentence) => return fail(Exit::Usage, &sentence),
    };
    let running = match demo::start(options).await {
        Ok(running) => running,
        Err(e) => return fail(Exit::Usage, &e.to_string()),
    };
    let mut out = std::io::stdout();
    if writeln!(out, "{}", running.describe()).and_then(|()| out.flush()).is_err() {
        return fail(Exit::Usage, "standard output is closed: nobody would learn where the demo org is");
    }
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
    running.stop().await;
    ExitCode::SUCCESS
}

/// The full-screen program. The first frame is drawn before anything that takes time.
fn full_screen(ascii: bool, read_only: bool, demo_args: Option<DemoArgs>) -> ExitCode {
    use std::io::IsTerminal;
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|v| v == value);
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() || is("TERM", "dumb") {
        return fail(
            Exit::Usage,
            "this is no terminal that can show the full-screen program. See oktui --help for the commands.",
        );
    }
    let org = match demo_args.as_ref().map(options).transpose() {
        Ok(org) => org.unwrap_or_default(),
        Err(sentence) => return fail(Exit::Usage, &sentence),
    };
    let places = match Places::find() {
        Ok(places) => places,
        Err(e) => return fail(Exit::Usage, &e.to_string()),
    };
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(code) => return code,
    };
    let look = tui::start::Options {
        colour: !has("NO_COLOR"),
        ascii: ascii || !shows_unicode(),
        demo: demo_args.is_some(),
    };
    let opened = match tui::start::open(look) {
        Ok(opened) => opened,
        Err(e) => return fail(Exit::Usage, &format!("the terminal cannot be used: {e}")),
    };
    let ended = runtime.block_on(async {
        let (sender, events) = mpsc::channel(256);
        let runner = Runner::new(places, sender, Some(demo_starter(org)));
        if read_only {
            runner.only_reads();
        }
        let ended = opened.run(&Wired(runner.clone()), events).await;
        // A write in flight is waited for, but not longer than its own time-out; the journal knows the rest.
        let _ = tokio::time::timeout(Duration::from_secs(35), runner.shut_down()).await;
        ended
    });
    runtime.shutdown_background();
    match ended {
        Ok(Ended::Quit) => ExitCode::SUCCESS,
        Ok(Ended::Terminated) => ExitCode::from(143),
        Ok(Ended::HungUp) => ExitCode::from(129),
        Err(e) => fail(Exit::Usage, &format!("the terminal cannot be used: {e}")),
    }
}

fn has(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|v| !v.is_empty())
}

/// Whether the locale says UTF-8 and the terminal has more than a console's glyphs.
fn shows_unicode() -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|n| std::env::var(n).ok().filter(|v| !v.is_empty()));
    let utf8 = locale.is_none_or(|l| l.to_lowercase().replace('-', "").contains("utf8"));
    utf8 && std::env::var("TERM").map_or(true, |t| t != "linux")
}

/// The runner as the full-screen face knows it.
struct Wired(Runner);

impl Jobs for Wired {
    fn start(&self, ticket: Ticket, slot: Slot, job: Job) {
        self.0.start(ticket, slot, job);
    }
    fn answer(&self, slot: Slot, job: Job) {
        self.0.answer(slot, job);
    }
    fn stop(&self, slot: Slot) {
        self.0.stop(slot);
    }
}

/// Starts the demo org once; asked again, it gives the same one.
fn demo_starter(options: demo::Options) -> DemoStarter {
    let once: Arc<OnceCell<demo::Running>> = Arc::default();
    Arc::new(move || {
        let (once, options) = (once.clone(), options.clone());
        Box::pin(async move {
            let running = once.get_or_try_init(|| demo::start(options)).await.map_err(|e| e.to_string())?;
            Ok(DemoAccess {
                org_url: running.org_url().to_owned(),
                api_token: Secret::new(running.api_token()),
                gateway_callback: running.gateway_callback().to_owned(),
                people_url: format!("{}/__demo/people", running.org_url()),
            })
        })
    })
}
