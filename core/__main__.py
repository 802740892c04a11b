"""python -m core"""

import sys

if sys.argv[1:2] == ["measure"]:  # on a target there is neither a database nor the rest of the command line
    from core.measure.command import main
else:
    from core.cli import main

main()
