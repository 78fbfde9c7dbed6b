//! The arguments, parsed by clap. Secrets are never arguments: a token comes from `OKTUI_API_TOKEN` or standard input.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Sets up, tests and troubleshoots Okta single sign-on for the Cequence AI Gateway.
///
/// Without a command it opens the full-screen program.
#[derive(Debug, Parser)]
#[command(name = "oktui", version, after_help = super::exit::TABLE, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Draw with ASCII characters only.
    #[arg(long, global = true)]
    pub ascii: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the full-screen program on a built-in Okta org: no account, no network, nothing stays.
    Demo(DemoArgs),
    /// Setup files.
    #[command(subcommand)]
    Setup(SetupCommand),
    /// Show what applying a Setup file would write, without writing.
    Plan(PlanArgs),
    /// Make the org as a Setup file says. Nothing is removed; applying twice changes nothing.
    Apply(ApplyArgs),
    /// Run one sign-in, and show every redirect and token exchange.
    Test(TestArgs),
    /// Say what went wrong, from a failed address, an error text, a JSON body, a token or a HAR. Needs no Okta account.
    Diagnose(DiagnoseArgs),
}

/// `oktui setup …`
#[derive(Debug, Subcommand)]
pub enum SetupCommand {
    /// Print a commented Setup file to start from.
    Example,
    /// Check a Setup file without an org.
    Check {
        /// The file, or - for standard input.
        file: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// `oktui demo`
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Serve only, and print one line of JSON that says where and with what. Ends on Ctrl-C or SIGTERM.
    #[arg(long)]
    pub serve: bool,
    /// The port to listen on at 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// How many people the org has.
    #[arg(long, default_value_t = 60)]
    pub users: usize,
    /// How many groups the org has.
    #[arg(long, default_value_t = 12)]
    pub groups: usize,
    /// The seed: equal seeds make equal orgs.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Which of Okta's engines it plays.
    #[arg(long, value_enum, default_value_t = EngineArg::Identity)]
    pub engine: EngineArg,
    /// What it plays: plain, mfa-required, free-org ….
    #[arg(long, default_value = "plain")]
    pub scenario: String,
}

/// Okta's engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EngineArg {
    /// Okta Identity Engine.
    Identity,
    /// Classic Engine.
    Classic,
}

/// Which org, and how.
#[derive(Debug, Args)]
pub struct OrgArgs {
    /// The org's URL.
    #[arg(long, env = "OKTUI_ORG_URL", value_name = "URL")]
    pub org: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `oktui plan`
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The Setup file, or - for standard input.
    pub file: PathBuf,
    /// Save the plan to this file, for a second person to look at and apply.
    #[arg(long, value_name = "PLAN")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub org: OrgArgs,
}

/// `oktui apply`
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// The Setup file, a plan that `oktui plan --out` saved, or - for standard input. A plan is refused when the org moved on.
    pub file: PathBuf,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
    /// Print the client secret with the six values.
    #[arg(long)]
    pub show_secret: bool,
    /// Reason or ticket, kept in the journal.
    #[arg(long, default_value = "")]
    pub reason: String,
    /// No writes at all: the same as `oktui plan`.
    #[arg(long)]
    pub read_only: bool,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub org: OrgArgs,
}

/// `oktui test`
#[derive(Debug, Args)]
pub struct TestArgs {
    /// The app: its name, its id or its client id.
    #[arg(long, value_name = "NAME|CLIENT_ID")]
    pub app: String,
    /// Who signs in. Their password comes from `OKTUI_TEST_PASSWORD` or standard input. Without this: the probe, which needs nobody.
    #[arg(long = "as", value_name = "LOGIN")]
    pub login: Option<String>,
    /// The authorization server: org, default or an id. Otherwise the one of the app's last plan, or one that covers the app.
    #[arg(long, value_name = "SERVER")]
    pub server: Option<String>,
    /// The redirect URI to test with; the app's first otherwise.
    #[arg(long, value_name = "URI")]
    pub redirect_uri: Option<String>,
    /// The scopes to ask for.
    #[arg(long, value_delimiter = ' ', num_args = 1.., default_values_t = ["openid".to_owned(), "email".to_owned(), "profile".to_owned()])]
    pub scopes: Vec<String>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub org: OrgArgs,
}

/// `oktui diagnose`
#[derive(Debug, Args)]
pub struct DiagnoseArgs {
    /// What failed, or - for standard input. Other users of the machine can see arguments: give what has a code or a token in it
    /// on standard input.
    #[arg(value_name = "TEXT")]
    pub text: Option<String>,
    /// A capture of a browser or a proxy, HAR 1.2.
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    pub har: Option<PathBuf>,
    /// A callback of the gateway that redirect URIs are compared with; the public gateway's otherwise.
    #[arg(long = "callback", value_name = "URI")]
    pub callbacks: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn clap_finds_no_mistake_in_it() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_argument_takes_a_secret() {
        for command in Cli::command().get_subcommands() {
            for arg in command.get_arguments() {
                let name = arg.get_id().as_str();
                assert!(
                    !["token", "password", "secret", "api_token"].contains(&name),
                    "--{name} would show in ps"
                );
            }
        }
    }
}
