"""Values that come from the command line: options of argparse, click, typer, absl, fire, docopt, tyro … and `sys.argv`.

What a checked-in command passes beats the default (`via` is `config`), else the default counts (`cli-default`).
"""

from analyzer.link.commandline.argparse_options import namespace
from analyzer.link.commandline.command_lines import CommandLine, CommandLines
from analyzer.link.commandline.function_commands import parameter_value
from analyzer.link.commandline.notebook_parameters import notebook_parameter
from analyzer.link.commandline.parsed import attribute_of, call_of, elements_of, item_of, method_of

__all__ = [
    "CommandLine",
    "CommandLines",
    "attribute_of",
    "call_of",
    "elements_of",
    "item_of",
    "method_of",
    "namespace",
    "notebook_parameter",
    "parameter_value",
]
