"""The words everyone uses: frozen structs with no behaviour beyond their own laws, and the tree of errors."""
