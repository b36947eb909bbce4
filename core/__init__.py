"""Everything of Ritornello that is not the window. Imports no Qt."""
