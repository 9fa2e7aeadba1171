"""The market itself: instruments, price process, order books, makers and takers, bars, sessions. It knows no accounts, only order ids."""
