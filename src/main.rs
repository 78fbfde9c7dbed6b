//! Parses the arguments and starts one of the two faces, or the demo org. The only place that knows all three.

use clap::Parser;
use oktui::cli::args::{Cli, Command, DemoArgs, EngineArg};
use oktui::cli::exit::Exit;
use oktui::{cli, demo};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        Some(Command::Demo(args)) if args.serve => block_on(serve(args)),
        Some(Command::Demo(args)) => block_on(full_screen(cli.ascii, Some(args))),
        Some(command) => block_on(async move { ExitCode::from(cli::run(&command).await.code()) }),
        None => block_on(full_screen(cli.ascii, None)),
    }
}

fn block_on(work: impl Future<Output = ExitCode>) -> ExitCode {
    match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime.block_on(work),
        Err(e) => fail(Exit::Usage, &format!("the system gives no threads: {e}")),
    }
}

fn fail(exit: Exit, sentence: &str) -> ExitCode {
    eprintln!("oktui: {sentence}");
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
        ..demo::Options::default()
    })
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

async fn full_screen(_ascii: bool, _demo: Option<DemoArgs>) -> ExitCode {
    ExitCode::SUCCESS
}
