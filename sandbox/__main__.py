import sys

from sandbox.main import main

if __name__ == "__main__":
    sys.exit(main())
