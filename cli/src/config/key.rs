//! Where an API key comes from: a variable, a file, a command or the configuration file; never an argument, which
//! every user of the machine can read.

use std::{
    env, fmt, fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::process::Command;

use crate::output::Failure;

/// Where an API key comes from. `Debug` shows no key.
#[derive(Clone, PartialEq)]
pub(crate) enum KeySource {
    Variable(String),
    File(PathBuf),
    /// Run by the shell.
    Shell(String),
    /// A program and its arguments.
    Program(Vec<String>),
    /// The configuration file itself.
    Written(String),
}

impl KeySource {
    /// Where it comes from, for people.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Variable(name) => format!("the variable {name}"),
            Self::File(path) => format!("the file {}", path.display()),
            Self::Shell(command) => format!("the command {command:?}"),
            Self::Program(words) => format!("the command {:?}", words.join(" ")),
            Self::Written(_) => "the configuration file".to_owned(),
        }
    }

    /// The key, without the line break at its end.
    pub(crate) async fn read(&self) -> Result<String, Failure> {
        let text = match self {
            Self::Variable(name) => env::var(name).map_err(|_| {
                Failure::config(format!(
                    "the variable {name}, which shall hold the API key, is not set"
                ))
            })?,
            Self::File(path) => {
                refuse_readable_by_others(path)?;
                fs::read_to_string(path).map_err(|error| {
                    Failure::config(format!(
                        "the API key's file {} can't be read: {error}",
                        path.display()
                    ))
                })?
            }
            Self::Shell(command) => self.ask(shell(command)).await?,
            Self::Program(words) => {
                let Some((program, rest)) = words.split_first() else {
                    return Err(Failure::config("api_key_command is empty".to_owned()));
                };
                let mut command = Command::new(program);
                command.args(rest);
                self.ask(command).await?
            }
            Self::Written(key) => key.clone(),
        };
        let key = text.lines().next().unwrap_or_default().trim();
        if key.is_empty() {
            return Err(Failure::config(format!(
                "{} holds no API key",
                self.describe()
            )));
        }
        Ok(key.to_owned())
    }

    /// What the command prints. It may ask for a passphrase, so it has our terminal.
    async fn ask(&self, mut command: Command) -> Result<String, Failure> {
        let what = self.describe();
        let output = command
            .stdin(Stdio::inherit())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .output()
            .await
            .map_err(|error| {
                Failure::config(format!(
                    "{what}, which shall print the API key, can't be run: {error}"
                ))
            })?;
        if !output.status.success() {
            return Err(Failure::config(format!(
                "{what}, which shall print the API key, ended with {}",
                output.status
            )));
        }
        String::from_utf8(output.stdout).map_err(|_| {
            Failure::config(format!(
                "{what}, which shall print the API key, printed no UTF-8"
            ))
        })
    }
}

fn shell(command: &str) -> Command {
    #[cfg(windows)]
    let (shell, flag) = ("cmd", "/C");
    #[cfg(not(windows))]
    let (shell, flag) = ("sh", "-c");
    let mut program = Command::new(shell);
    program.arg(flag).arg(command);
    program
}

/// Refuses a file with a key that every user of the machine can read.
#[cfg(unix)]
pub(crate) fn refuse_readable_by_others(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;

    const OTHERS: u32 = 0o007;
    match fs::metadata(path) {
        Ok(about) if about.is_file() && about.permissions().mode() & OTHERS != 0 => {
            Err(Failure::config(format!(
                "{} holds an API key, and others on this machine can read it",
                path.display()
            ))
            .next(format!("chmod 600 {}", path.display())))
        }
        // What can't be looked at can't be read either, and that is told then.
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
pub(crate) fn refuse_readable_by_others(_: &Path) -> Result<(), Failure> {
    Ok(())
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeySource({})", self.describe())
    }
}
