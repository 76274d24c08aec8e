//! The site is embedded when the server is compiled, so a new site causes a new compilation.
fn main() {
    println!("cargo:rerun-if-changed=../target/site");
}
