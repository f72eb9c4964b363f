import ArgumentParser

@main
struct Poolscope: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "poolscope")
}
