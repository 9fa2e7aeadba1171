"""The market itself: instruments, prices, books, makers, takers, candles. It knows order ids, no accounts."""
