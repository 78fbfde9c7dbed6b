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
    /// No writes at all, in whichever org.
    #[arg(long, global = true, env = "OKTUI_READ_ONLY", value_parser = clap::builder::FalseyValueParser::new())]
    pub read_only: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the full-screen program on a built-in Okta org: no account, no network, nothing stays.
    Demo(DemoArgs),
    /// Sign in to an org, and say what this session may do there: scopes and roles that are needed, and those that are granted. Nothing is written.
    #[command(after_long_help = LOGIN_JSON)]
    Login(LoginArgs),
    /// Setup files.
    #[command(subcommand)]
    Setup(SetupCommand),
    /// Show what applying a Setup file would write, without writing.
    Plan(PlanArgs),
    /// Make the org as a Setup file says. Nothing is removed; applying twice changes nothing.
    Apply(ApplyArgs),
    /// Compare a Setup file with the app as it is in the org, field by field. Nothing is written to Okta.
    #[command(after_long_help = DRIFT_JSON)]
    Drift(DriftArgs),
    /// Run one sign-in, and show every redirect and token exchange.
    #[command(after_long_help = TEST_NOTES)]
    Test(TestArgs),
    /// Send the mistakes and attacks that a server must refuse, and score it. Nobody signs in, nothing is burnt; each leaves a refusal in the log.
    Battery(TestArgs),
    /// Say why a person can, or cannot, sign in through an app. Nobody signs in for that, and nothing is written.
    #[command(after_long_help = WHY_JSON)]
    Why(WhyArgs),
    /// Check the whole configuration of an app, without a sign-in: what keeps people out, what lets the wrong ones in, what will be trouble. Nothing is written.
    #[command(after_long_help = DOCTOR_JSON)]
    Doctor(DoctorArgs),
    /// People of the org: all of them, or those that Okta's search finds.
    #[command(subcommand)]
    People(PeopleCommand),
    /// Assign a list of people, and groups, to an app, or take direct assignments away. Shows each row and the plan first.
    #[command(after_long_help = ASSIGN_JSON)]
    Assign(AssignArgs),
    /// Who has access to an app, by which ways, and when they last signed in to it. Nothing is written.
    #[command(after_long_help = REVIEW_JSON)]
    Review(ReviewArgs),
    /// Profiles of orgs: label, production mark, read-only, callbacks, how to sign in. No secret is in them.
    #[command(subcommand)]
    Profiles(ProfilesCommand),
    /// API tokens kept in one file that is sealed with a passphrase (age format; the age tool opens it). Without it nothing is kept.
    #[command(subcommand)]
    Vault(VaultCommand),
    /// Every write that was ever made from here: when, by whom, what became of it, and the way back. Needs no org and no token.
    #[command(after_long_help = JOURNAL_JSON)]
    Journal(JournalArgs),
    /// Undo writes of the journal: a plan like any other, shown and confirmed before anything is written.
    #[command(after_long_help = UNDO_JSON)]
    Undo(UndoArgs),
    /// Rotate an app's client secret in steps: two work side by side until everybody has the new one.
    #[command(after_long_help = ROTATE_JSON)]
    Rotate(RotateArgs),
    /// The inventory: which MCP servers use which app and which client secret. A small TOML file, fit for git.
    #[command(after_long_help = SERVERS_JSON)]
    Servers(ServersArgs),
    /// Say what went wrong, from a failed address, an error text, a JSON body, a token or a HAR. Needs no Okta account.
    Diagnose(DiagnoseArgs),
    /// Put what support needs into a folder that is safe to send: what failed, the check-up, the configuration.
    Bundle(BundleArgs),
}

/// What else there is to know about `oktui test`.
const TEST_NOTES: &str = "Standard input gives, line by line, what the environment does not: the client secret (OKTUI_CLIENT_SECRET, with --issuer),
the password (OKTUI_TEST_PASSWORD), a one-time code (OKTUI_TEST_PASSCODE), then the pasted address.
--json prints one document: {\"verdict\": \"passed\" | \"failed\" | \"stopped\", \"judged_not\": …, \"leg\": …, \"step\": …,
  \"headline\": …, \"fixes\": […], \"way\": …, \"left\": […], \"hops\": […]}
It ends with 0 when every check passed, with 1 when one failed.";

/// What `oktui login --json` prints.
const LOGIN_JSON: &str = "--json prints one document:
  {\"oktui_login\": 1, \"org\": …, \"way\": \"token\" | \"service\" | \"device\", \"client_id\": … | null,
   \"who\": {\"login\": …, \"name\": …}, \"roles\": [\"SUPER_ADMIN\" …] | null, \"scopes\": […] | null, \"until\": … | null,
   \"clock_ahead_seconds\": … | null,
   \"preflight\": [{\"feature\": …, \"scope\": …, \"role\": …, \"configured\": true | false | null, \"granted\": true | false | null,
                   \"result\": \"works\" | \"no-scope\" | \"no-role\" | \"not-told\" | \"not-there\", \"detail\": … | null}]}
`configured`: granted to the app in Okta; `granted`: in the token. Both are null for an API token, which has no scopes.
It ends with 1 when a right is missing.

The token comes from OKTUI_API_TOKEN or standard input. A key is read from its file; access and refresh tokens stay in memory.";

/// What `oktui servers --json` prints.
const SERVERS_JSON: &str = "--json prints one document:
  {\"file\": …, \"servers\": [{\"name\": …, \"url\": …, \"environment\": …, \"owner\": …, \"client_id\": …, \"secret_id\": …,
                            \"updated\": \"2026-11-23\" | null, \"checked\": … | null}]}
Comments and keys of your own in the file stay.";

/// What `oktui rotate --json` prints.
const ROTATE_JSON: &str = "--json prints one document:
  {\"app\": …, \"secrets\": [{\"id\": …, \"active\": true, \"created\": …, \"role\": \"old\" | \"new\" | null}],
   \"stage\": \"clear\" | \"make\" | \"prove\" | \"update\" | \"deactivate\" | \"confirm\" | \"delete\" | \"done\" | \"broken\" | null,
   \"next\": …, \"places\": [{\"name\": …, \"updated\": … | null}], \"old_in_use\": … | null,
   \"used\": [{\"id\": …, \"last\": …, \"times\": 3}] | null (Okta's log, while two are active), \"secret\": … (with --show-secret)}
A rotation may take days: each step is a command of its own, and where it stands is read from Okta every time.";

/// What `oktui people … --json` prints.
const PEOPLE_JSON: &str = "--json prints one document:
  {\"people\": [{\"id\": …, \"login\": …, \"name\": …, \"email\": …, \"status\": \"ACTIVE\" | \"SUSPENDED\" | …, \"last_login\": … | null}],
   \"more\": false}
`more` is true where --limit left somebody out. `search` ends with 1 when nobody is found.";

/// What `oktui assign --json` prints.
const ASSIGN_JSON: &str = "The list: CSV (comma, semicolon or tab, quotes, with or without a header) with a column of logins, e-mail addresses or ids, or one of
these on each line. Rows that mean nobody, or several, are left out and told; so are people who cannot sign in now, but for --inactive.
Where it was interrupted, the same command goes on: nobody is assigned twice.

--json prints one document:
  {\"oktui_assign\": 1, \"ok\": …, \"app\": …, \"app_id\": …, \"purpose\": \"assign\" | \"remove\", \"form\": … | null, \"summary\": … | null, \"notes\": […],
   \"rows\": [{\"line\": 1, \"asked\": …, \"id\": … | null, \"login\": … | null, \"found\": FOUND, \"result\": FOUND | DONE, \"detail\": …,
             \"candidates\": [LOGIN …]}],
   \"plan\": what oktui plan --json prints, \"applied\": what oktui apply --json prints | null}
  FOUND: \"one\", \"ambiguous\", \"not-found\", \"already\", \"inactive\", \"repeated\", \"not-read\"
  DONE: \"done\", \"already-so\", \"found-done\", \"failed\", \"not-allowed\", \"not-tried\", \"not-planned\"
--out has the same rows as CSV: line,asked,id,login,result,detail.
It ends with 5 when some rows were left out or failed, with 1 when there was nobody to do it for, and with 4 when --read-only kept it from writing.";

/// What `oktui review --json` prints.
const REVIEW_JSON: &str = "--json prints one document:
  {\"oktui_review\": 1, \"app\": …, \"app_id\": …, \"read\": …, \"summary\": …, \"notes\": […],
   \"groups\": [{\"id\": …, \"name\": …, \"members\": … | null}],
   \"people\": [{\"id\": …, \"login\": …, \"name\": … | null, \"email\": … | null, \"status\": … | null,
               \"by_name\": …, \"groups\": [{\"id\": …, \"name\": …}], \"some_group\": …,
               \"last_sign_in\": … | null, \"none_since\": … | null}]}
`some_group`: through a group that could not be read. `last_sign_in` and `none_since` are both null where the log could not be read; Okta
keeps 90 days of it. It ends with 6 when --never was asked and the log could not be read.";

/// What `oktui journal --json` prints.
const JOURNAL_JSON: &str = "--json prints one document:
  {\"oktui_journal\": 1, \"unreadable_lines\": 0, \"writes\": [{\"number\": …, \"at\": …, \"who\": …, \"org\": …, \"app\": …, \"app_id\": … | null,
    \"plan\": …, \"number_in_plan\": …, \"title\": …, \"reason\": …,
    \"outcome\": \"done\" | \"undone\" | \"already so\" | \"failed\" | \"not known\", \"why\": … | null, \"request_id\": … | null,
    \"made\": … | null, \"changes\": [{\"field\": …, \"before\": …, \"after\": …}],
    \"request\": {\"method\": …, \"path\": …, \"body\": …} | null,
    \"way_back\": \"exact\" | \"partial\" | \"none\" | \"?\" | \"-\", \"way_back_words\": …, \"undone_by\": … | null, \"undoes\": […]}]}
Numbers count the writes of one org, the oldest is 1; they stay the same as the journal grows. No secret is in it.";

/// What `oktui undo --json` prints.
const UNDO_JSON: &str =
    "--json prints what oktui apply --json prints; with --read-only, what oktui plan --json prints.
An undo that was interrupted is gone on with first. It ends with 1 when none of the writes can be undone.";

/// What `oktui why --json` prints.
const WHY_JSON: &str = "--json prints one document:
  {\"app\": …, \"person\": …, \"can_sign_in\": true | false | null,
   \"lines\": [{\"question\": \"app\" | \"status\" | \"assignment\" | \"access_policy\" | \"sign_on_policy\" | \"factors\",
              \"verdict\": \"pass\" | \"fail\" | \"not_readable\" | \"not_judged\", \"saw\": …, \"remedy\": … | null}]}
It ends with 0 when they can, with 1 when they cannot, and with 6 when that cannot be told from here (null).";

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
    /// Every answer comes this many milliseconds later.
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=10_000))]
    pub latency: u64,
    /// Calls that each rate limit allows in a window, in place of Okta's numbers.
    #[arg(long, value_name = "CALLS", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
    /// How many seconds a rate-limit window has.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub window: u32,
    /// What it plays: plain, mfa-required, redirect-slash …. `list` prints every name with what it is.
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

/// `oktui vault`
#[derive(Debug, Subcommand)]
pub enum VaultCommand {
    /// Keep an API token for an org, in place of an earlier one. It is tried first. Makes the vault where there is none.
    Put(VaultArgs),
    /// The orgs that there is a token for.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Forget the token of an org. It still works at Okta until it is revoked there.
    Forget(VaultArgs),
    /// Seal the vault with another passphrase.
    Passphrase,
}

/// `oktui profiles`
#[derive(Debug, Subcommand)]
pub enum ProfilesCommand {
    /// Every profile, the last used first.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// All of one.
    Show {
        /// Its label, or the org's URL.
        #[arg(value_name = "LABEL")]
        name: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make one. Nothing is asked of the org.
    Add {
        /// What you call it: prod, test.
        label: String,
        /// The org's URL.
        url: String,
    },
    /// Set a key: label, prod, read_only, headroom, authorization_server, auth, client_id, key, kid, or callback.ENVIRONMENT. An empty value takes it away.
    Set {
        /// Its label, or the org's URL.
        #[arg(value_name = "LABEL")]
        name: String,
        /// Which.
        key: String,
        /// To what.
        value: String,
    },
    /// Forget one: in Okta nothing changes, and the journal stays.
    Forget {
        /// Its label, or the org's URL.
        #[arg(value_name = "LABEL")]
        name: String,
    },
}

/// Which org.
#[derive(Debug, Args)]
pub struct VaultArgs {
    /// The org's URL.
    #[arg(long, env = "OKTUI_ORG_URL", value_name = "URL")]
    pub org: Option<String>,
}

const DOCTOR_JSON: &str = "\
With --json: {app, findings: [{rule, harm, title, evidence: [], why, help, fix, step, who, source}], secrets_read}, the worst finding \
first. harm is one of nobody_can_sign_in, some_cannot_sign_in, exposed, later, not_read, note.

Exit code 1: something is to be mended. 6: nothing is, as far as could be read.";

/// `oktui doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// The app: its name, its id or its client id.
    #[arg(long, value_name = "NAME|CLIENT_ID")]
    pub app: String,
    /// Also how old the client secrets are. Reading them leaves an event in Okta's System Log.
    #[arg(long)]
    pub secrets: bool,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub org: OrgArgs,
}

/// Which org, and how.
#[derive(Debug, Args)]
pub struct OrgArgs {
    /// The org's URL.
    #[arg(long, env = "OKTUI_ORG_URL", value_name = "URL")]
    pub org: Option<String>,
    /// The org by its profile's label (oktui profiles).
    #[arg(long, env = "OKTUI_PROFILE", value_name = "LABEL")]
    pub profile: Option<String>,
    /// No writes at all: a command that would write shows its plan and ends.
    #[arg(long, env = "OKTUI_READ_ONLY", value_parser = clap::builder::FalseyValueParser::new())]
    pub read_only: bool,
    /// How to sign in to the org: a flag goes before the environment, and that before the org's profile [default: token].
    #[arg(long, env = "OKTUI_AUTH", value_enum, help_heading = "Signing in")]
    pub auth: Option<AuthArg>,
    /// The client id of the service app (--auth service) or the native app (--auth device) that signs in; with `oktui test --issuer`, of the client that is tested.
    #[arg(long, env = "OKTUI_CLIENT_ID", value_name = "ID", help_heading = "Signing in")]
    pub client_id: Option<String>,
    /// The service app's private key: PEM or JWK.
    #[arg(long, env = "OKTUI_KEY", value_name = "FILE", help_heading = "Signing in")]
    pub key: Option<PathBuf>,
    /// The id of that key in Okta, where it is not in the JWK and not the key's thumbprint.
    #[arg(long, env = "OKTUI_KID", value_name = "KID", help_heading = "Signing in")]
    pub kid: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Percent of Okta's rate limits to leave to the org's other users while writing [default: the org's profile, else 10].
    #[arg(long, env = "OKTUI_HEADROOM", value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=90))]
    pub headroom: Option<u8>,
}

/// Ways to sign in to an org.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AuthArg {
    /// An API token, from OKTUI_API_TOKEN or standard input.
    Token,
    /// A service app: client credentials with a private key.
    Service,
    /// A person: a code that is entered in any browser.
    Device,
}

/// `oktui login`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct LoginArgs {
    /// What else.
    #[command(subcommand)]
    pub action: Option<LoginAction>,
    /// Keep this way to sign in with the org's profile: names and paths, no secret.
    #[arg(long)]
    pub save: bool,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub org: OrgArgs,
}

/// What `oktui login` does besides.
#[derive(Debug, Subcommand)]
pub enum LoginAction {
    /// Make a key pair for a service app: the private key into a file that only you can read; its public JWK is printed, to be pasted into Okta.
    NewKey {
        /// The file, which must not be there yet.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Which kind.
        #[arg(long, value_enum, default_value_t = KeyKindArg::Rsa)]
        kind: KeyKindArg,
    },
}

/// Kinds of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KeyKindArg {
    /// RSA, 2048 bits (RS256).
    Rsa,
    /// P-256 (ES256).
    Ec,
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

const DRIFT_JSON: &str = "\
With --json: {app, fields: [{field, wanted, live, kind}], differs}. kind is one of same, differs, only_wanted, only_live, not_readable.

Exit code 1: something differs. 6: nothing does, as far as could be read.";

/// `oktui drift`
#[derive(Debug, Args)]
pub struct DriftArgs {
    /// The Setup file, or - for standard input.
    pub file: PathBuf,
    /// The app: its name, its id or its client id [default: the one with the Setup's name].
    #[arg(long, value_name = "NAME|CLIENT_ID")]
    pub app: Option<String>,
    /// Take one side: `live` writes a Setup that says what the org has (to --out); `file` shows the plan that makes the org as the file says.
    #[arg(long, value_enum)]
    pub accept: Option<SideArg>,
    /// Where the Setup of the org's side goes: a new file. Yours is not written over; its comments stay in it.
    #[arg(long, value_name = "FILE", required_if_eq("accept", "live"))]
    pub out: Option<PathBuf>,
    /// Also the fields that are the same.
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub org: OrgArgs,
}

/// A side of a drift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SideArg {
    /// The org's.
    Live,
    /// The Setup file's.
    File,
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
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub org: OrgArgs,
}

/// `oktui test`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["app", "issuer", "history"]))]
pub struct TestArgs {
    /// The app: its name, its id or its client id.
    #[arg(long, value_name = "NAME|CLIENT_ID")]
    pub app: Option<String>,
    /// Any OpenID provider, by its issuer: no Okta API and no API token is used. The client secret comes from `OKTUI_CLIENT_SECRET` or standard input.
    #[arg(long, value_name = "URL", requires = "client_id", conflicts_with = "app")]
    pub issuer: Option<String>,
    /// How the client proves itself, with --issuer.
    #[arg(long, value_enum, requires = "issuer", default_value_t = ClientAuthArg::Basic)]
    pub client_auth: ClientAuthArg,
    /// What is tested. Without it: a sign-in where somebody is named or a browser is used, else the probe.
    #[arg(long, value_enum)]
    pub kind: Option<KindArg>,
    /// How the person signs in. Without it: in the terminal at Okta, through the provider's form with --issuer.
    #[arg(long, value_enum)]
    pub sign_in: Option<SignInArg>,
    /// Who signs in. Their password comes from `OKTUI_TEST_PASSWORD` or standard input.
    #[arg(long = "as", value_name = "LOGIN")]
    pub login: Option<String>,
    /// The authorization server: org, default or an id. Otherwise the one of the app's last plan, or one that covers the app.
    #[arg(long, value_name = "SERVER")]
    pub server: Option<String>,
    /// The redirect URI to test with; otherwise the gateway's callback where the app has it, exactly or almost, else the app's first.
    #[arg(long, value_name = "URI")]
    pub redirect_uri: Option<String>,
    /// A registered sign-out URI to sign out to at the end; the app's first otherwise. It is not called.
    #[arg(long, value_name = "URI")]
    pub sign_out_uri: Option<String>,
    /// Register a redirect URI of this machine for this run alone (`http://127.0.0.1:PORT/callback`), wait there for the browser's answer,
    /// and take it back. A write: it is shown and confirmed first.
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "8765", requires = "app", conflicts_with = "redirect_uri", value_parser = clap::value_parser!(u16).range(1024..))]
    pub this_machine: Option<u16>,
    /// Make a native app for this run alone, with the assignments and policies of --app, and delete it: for --kind device, which Okta gives to
    /// native apps only, or a browser that ends at PORT of this machine. A write: it is shown and confirmed first. It does not test --app itself.
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "8765", requires = "app", conflicts_with_all = ["redirect_uri", "this_machine", "login"], value_parser = clap::value_parser!(u16).range(1024..))]
    pub side_app: Option<u16>,
    /// With --this-machine or --side-app: do not ask.
    #[arg(long)]
    pub yes: bool,
    /// The scopes to ask for.
    #[arg(long, visible_alias = "scope", value_delimiter = ' ', num_args = 1.., default_values_t = ["openid".to_owned(), "email".to_owned(), "profile".to_owned()])]
    pub scopes: Vec<String>,
    /// Stop before each request, or before each from hop N on: Enter sends it, `r` runs on, NAME=VALUE alters a parameter for an experiment, -NAME takes it out, q stops.
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "1", conflicts_with = "json")]
    pub step: Option<usize>,
    /// How many seconds each request may take, with --issuer.
    #[arg(long, value_name = "SECONDS", requires = "issuer", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub timeout: u64,
    /// Run nothing: list the runs of before on this machine, or print the one with this number. --app, or --issuer with --client-id, choose.
    #[arg(long, value_name = "NUMBER", num_args = 0..=1, default_missing_value = "0", conflicts_with_all = ["kind", "sign_in", "login", "this_machine", "har", "report"])]
    pub history: Option<usize>,
    /// Save the run as an HTTP Archive (HAR 1.2), masked: browsers' developer tools open it.
    #[arg(long, value_name = "FILE")]
    pub har: Option<PathBuf>,
    /// Save the run as a report in Markdown, masked: for a ticket.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub org: OrgArgs,
}

/// How a client proves itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ClientAuthArg {
    /// `client_secret_basic`: the secret in a header.
    Basic,
    /// `client_secret_post`: the secret in the body.
    Post,
    /// A public client.
    None,
}

/// Kinds of test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KindArg {
    /// Authorization code with PKCE, the ID token's checks, userinfo, a refresh if there is a refresh token.
    Code,
    /// The same, and the tokens' whole life: introspection, the replaced refresh token again, revocation, introspection after.
    Refresh,
    /// The client asks for itself.
    ClientCredentials,
    /// A code that is entered in any browser (RFC 8628): the app needs that grant.
    Device,
    /// How far the configuration carries, without anybody.
    Probe,
    /// Wrong secret, wrong method or wrong encoding? A made-up code tells, without anybody.
    Secret,
    /// The mistakes and attacks that a server must refuse, without anybody; the same as `oktui battery`.
    Battery,
}

/// Ways to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SignInArg {
    /// In this terminal, by Okta's primary authentication.
    Terminal,
    /// The provider's plain web form is filled in from here.
    Form,
    /// The address is printed; the one that your browser ends at is pasted, or given on standard input.
    Paste,
}

/// `oktui why`
#[derive(Debug, Args)]
pub struct WhyArgs {
    /// The app: its name, its id or its client id.
    #[arg(long, value_name = "NAME|CLIENT_ID")]
    pub app: String,
    /// The person: their login or their id.
    #[arg(long, value_name = "LOGIN")]
    pub person: String,
    /// The authorization server: org, default or an id. Otherwise the one of the app's last plan, or one that covers the app.
    #[arg(long, value_name = "SERVER")]
    pub server: Option<String>,
    /// The scopes that the gateway asks for.
    #[arg(long, value_delimiter = ' ', num_args = 1.., default_values_t = ["openid".to_owned(), "email".to_owned(), "profile".to_owned()])]
    pub scopes: Vec<String>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub org: OrgArgs,
}

/// `oktui journal`
#[derive(Debug, Args)]
pub struct JournalArgs {
    /// Only writes to this app: its name, or its id.
    #[arg(long, value_name = "NAME|ID")]
    pub app: Option<String>,
    /// Save it to this file, which only you can read: JSON where the name ends in .json, else Markdown.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub org: OrgArgs,
}

/// `oktui undo`
#[derive(Debug, Args)]
pub struct UndoArgs {
    /// Which writes: their numbers in `oktui journal`, or the id of a plan for all that it made.
    #[arg(required = true, value_name = "PLAN-ID|NUMBER")]
    pub writes: Vec<String>,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
    /// Reason or ticket, kept in the journal.
    #[arg(long, default_value = "")]
    pub reason: String,
    /// Save the plan to this file instead of applying it, for a second person: oktui apply PLAN.
    #[arg(long, value_name = "PLAN")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub org: OrgArgs,
}

/// `oktui people …`
#[derive(Debug, Subcommand)]
pub enum PeopleCommand {
    /// Everybody but the deactivated, as of now.
    #[command(after_long_help = PEOPLE_JSON)]
    List {
        /// At most so many.
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        #[command(flatten)]
        #[allow(
            missing_docs,
            reason = "clap takes a doc comment on a flattened field for the command's own"
        )]
        org: OrgArgs,
    },
    /// Whose login, e-mail address, first or last name begins with a text, the deactivated among them. Okta's search lags by seconds.
    #[command(after_long_help = PEOPLE_JSON)]
    Search {
        /// The text.
        text: String,
        /// At most so many.
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        #[command(flatten)]
        #[allow(
            missing_docs,
            reason = "clap takes a doc comment on a flattened field for the command's own"
        )]
        org: OrgArgs,
    },
}

/// `oktui assign`
#[derive(Debug, Args)]
pub struct AssignArgs {
    /// The app: its name, its id or its client id.
    #[arg(long, value_name = "NAME|CLIENT_ID")]
    pub app: String,
    /// The list of people: a file, or - for standard input.
    #[arg(long, value_name = "FILE")]
    pub people: Option<PathBuf>,
    /// Groups by name; with --remove by id as well.
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub groups: Vec<String>,
    /// Take the direct assignments away instead. Whoever has access through a group keeps it.
    #[arg(long)]
    pub remove: bool,
    /// Assign those as well who cannot sign in now: staged, not activated, suspended, locked out.
    #[arg(long)]
    pub inactive: bool,
    /// Save what became of each row as CSV.
    #[arg(long, value_name = "RESULT.csv", requires = "people")]
    pub out: Option<PathBuf>,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
    /// Reason or ticket, kept in the journal.
    #[arg(long, default_value = "")]
    pub reason: String,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub org: OrgArgs,
}

/// `oktui review`
#[derive(Debug, Args)]
pub struct ReviewArgs {
    /// The app: its name, its id or its client id.
    #[arg(long, value_name = "NAME|CLIENT_ID")]
    pub app: String,
    /// Save it as CSV.
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Save it as a page of Markdown, with a column for the decision.
    #[arg(long, value_name = "FILE")]
    pub markdown: Option<PathBuf>,
    /// Only those who cannot sign in. With --never: those as well.
    #[arg(long)]
    pub inactive: bool,
    /// Only those without a sign-in to the app in the log.
    #[arg(long)]
    pub never: bool,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub org: OrgArgs,
}

/// `oktui rotate`
#[derive(Debug, Args)]
pub struct RotateArgs {
    /// What to do.
    #[arg(value_enum, default_value_t = RotateAction::Status)]
    pub action: RotateAction,
    /// The app: its name, its id or its client id.
    #[arg(long, value_name = "NAME|CLIENT_ID")]
    pub app: String,
    /// `begin`: a place that has to get the new secret, such as a gateway environment or an MCP server; those of `oktui servers` otherwise. `tick`: the place that has it now.
    #[arg(long = "place", value_name = "NAME")]
    pub places: Vec<String>,
    /// `begin`: the id of the secret that goes, where two are active.
    #[arg(long, value_name = "ID")]
    pub old: Option<String>,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
    /// Print the new secret.
    #[arg(long)]
    pub show_secret: bool,
    /// Reason or ticket, kept in the journal.
    #[arg(long, default_value = "")]
    pub reason: String,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub org: OrgArgs,
}

/// What `oktui rotate` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RotateAction {
    /// Say where it stands and what comes next.
    Status,
    /// Begin a rotation. Nothing is written to Okta yet.
    Begin,
    /// Carry out the next step: make, prove, deactivate, confirm or delete.
    Next,
    /// Note that a place has the new secret.
    Tick,
    /// Go back: the old secret is active again; the new one goes while no place has it.
    Back,
}

/// `oktui servers`
#[derive(Debug, Args)]
pub struct ServersArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: Option<ServersAction>,
    /// The file; `servers.toml` in oktui's configuration folder otherwise.
    #[arg(long, value_name = "FILE", global = true)]
    pub file: Option<PathBuf>,
    /// Print JSON.
    #[arg(long, global = true)]
    pub json: bool,
}

/// `oktui servers split`
#[derive(Debug, Args)]
pub struct SplitArgs {
    /// The server's name.
    pub name: String,
    /// In which environment, where two have the name.
    #[arg(long)]
    pub environment: Option<String>,
    /// A group that may use it.
    #[arg(long = "group", value_name = "NAME")]
    pub groups: Vec<String>,
    /// A person who may use it.
    #[arg(long = "person", value_name = "LOGIN")]
    pub people: Vec<String>,
    /// The new app's name [default: the app's and the server's].
    #[arg(long, value_name = "NAME")]
    pub label: Option<String>,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
    /// Print the client secret with the six values.
    #[arg(long)]
    pub show_secret: bool,
    /// Reason or ticket, kept in the journal.
    #[arg(long, default_value = "")]
    pub reason: String,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub org: OrgArgs,
}

/// What `oktui servers` does.
#[derive(Debug, Subcommand)]
pub enum ServersAction {
    /// All of them.
    List,
    /// Add one.
    Add {
        /// Its name.
        name: String,
        /// Its address.
        #[arg(long, default_value = "")]
        url: String,
        /// The gateway's environment: prod, staging …
        #[arg(long, default_value = "")]
        environment: String,
        /// Who looks after it.
        #[arg(long, default_value = "")]
        owner: String,
        /// The client id of the app that it signs people in with.
        #[arg(long, default_value = "")]
        client_id: String,
    },
    /// Set a value of one: name, url, environment, owner, client_id, secret_id, updated or checked.
    Set {
        /// Its name.
        name: String,
        /// Which value.
        key: String,
        /// What it is to be.
        value: String,
        /// In which environment, where two have the name.
        #[arg(long)]
        environment: Option<String>,
    },
    /// One app for all, or an app of its own: what speaks for which, app by app.
    Advice,
    /// Give one an app of its own, for the people and groups named: a plan, shown and confirmed, and its values for the gateway.
    Split(SplitArgs),
    /// Take one away.
    Remove {
        /// Its name.
        name: String,
        /// In which environment, where two have the name.
        #[arg(long)]
        environment: Option<String>,
    },
}

/// `oktui diagnose`
#[derive(Debug, Args)]
pub struct DiagnoseArgs {
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub seen: SeenArgs,
    /// Ask the org what the findings would like to know, by reads only.
    #[arg(long)]
    pub ask: bool,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub org: OrgArgs,
}

/// What failed, as it was seen.
#[derive(Debug, Args)]
pub struct SeenArgs {
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
    /// The login of the person who was refused, where what failed does not say it and the org is asked.
    #[arg(long, value_name = "LOGIN")]
    pub person: Option<String>,
}

/// `oktui bundle`
#[derive(Debug, Args)]
pub struct BundleArgs {
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub seen: SeenArgs,
    /// The app whose configuration goes in: its name, its id or its client id. Without it no org is asked.
    #[arg(long, value_name = "NAME|CLIENT_ID")]
    pub app: Option<String>,
    /// Also how old the client secrets are. Reading them leaves an event in Okta's System Log.
    #[arg(long, requires = "app")]
    pub secrets: bool,
    /// The folder to make.
    #[arg(long, value_name = "FOLDER", default_value = "oktui-bundle")]
    pub out: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap takes a doc comment on a flattened field for the command's own")]
    pub org: OrgArgs,
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
