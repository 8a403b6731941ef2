//! `goulet`: parses the command line and ends with its exit code; everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    goulet::cli::main(std::env::args_os())
}
