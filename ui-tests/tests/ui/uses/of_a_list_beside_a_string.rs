use netipc::{MessageBuilder, WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 4)]
struct Line {
    #[wire(at = 0)]
    number: u32,
}

#[derive(WireMessage)]
#[wire(header = 12)]
struct Word {
    #[wire(at = 0)]
    number: u32,
    #[wire(at = 4)]
    text: WireString,
}

#[derive(WireMessage)]
#[wire(header = 16)]
struct Greeting {
    #[wire(at = 0)]
    title: WireString,
    #[wire(count_at = 8, directory = free)]
    lines: Vec<Line>,
    #[wire(count_at = 12, directory = free)]
    words: Vec<Word>,
}

// Only the string and the second list are reported, and nothing of what follows.
fn main() {
    let mut bytes = [0; 100];
    let mut builder = GreetingBuilder::new(&mut bytes);
    builder.title("one").title_with(3, |place| place.fill(b'x'));
    builder.lines().push(LineRef { number: 1 }).unwrap();
    builder.words().push(WordRef { number: 1, text: b"one" }).unwrap();
    builder.finish().unwrap();
    let view = Greeting::decode(&bytes).unwrap();
    println!("{} {:?}", view.title(), view.words().get(0).map(|word| word.text()));
}
