package org.provision.agent.screen;

import android.content.Context;
import android.graphics.Canvas;
import android.graphics.Color;
import android.graphics.Paint;
import android.view.MotionEvent;
import android.view.View;
import org.provision.agent.hardware.Page;

/**
 * The whole screen in squares of a finger's width, each of which changes its colour once a finger was felt in it. Only points that Android
 * told count, never the line between two: a dead strip that a finger slides over stays untouched.
 */
final class TouchGrid extends View {
    /** Millimetres of a square, about. */
    private static final double SQUARE = 12;

    private static final int FELT = Color.rgb(0xA5, 0xD6, 0xA7);

    private final Page page;
    private final Look look;
    private final Runnable changed;
    private final Paint paint = new Paint();

    /** @param changed what there is to touch became less, or is known */
    TouchGrid(Context context, Page page, Look look, Runnable changed) {
        super(context);
        this.page = page;
        this.look = look;
        this.changed = changed;
    }

    @Override
    protected void onSizeChanged(int width, int height, int widthBefore, int heightBefore) {
        super.onSizeChanged(width, height, widthBefore, heightBefore);
        page.cut(width, height, look.mm(SQUARE));
        post(changed);
    }

    @Override
    public boolean onTouchEvent(MotionEvent event) {
        boolean felt = false;
        for (int finger = 0; finger < event.getPointerCount(); finger++) {
            for (int at = 0; at < event.getHistorySize(); at++) {
                felt |= feel(event.getHistoricalX(finger, at), event.getHistoricalY(finger, at));
            }
            felt |= feel(event.getX(finger), event.getY(finger));
        }
        if (felt) {
            changed.run();
            invalidate();
        }
        return true;
    }

    private boolean feel(float x, float y) {
        return getWidth() > 0
                && getHeight() > 0
                && page.touch((int) Math.floor(x * page.columns() / getWidth()), (int) Math.floor(y * page.rows() / getHeight()));
    }

    @Override
    protected void onDraw(Canvas canvas) {
        int columns = page.columns();
        int rows = page.rows();
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                float left = getWidth() * column / (float) columns;
                float top = getHeight() * row / (float) rows;
                float right = getWidth() * (column + 1) / (float) columns;
                float bottom = getHeight() * (row + 1) / (float) rows;
                paint.setStyle(Paint.Style.FILL);
                paint.setColor(page.isTouched(column, row) ? FELT : Look.PAPER);
                canvas.drawRect(left, top, right, bottom, paint);
                paint.setStyle(Paint.Style.STROKE);
                paint.setColor(Color.GRAY);
                canvas.drawRect(left, top, right, bottom, paint);
            }
        }
    }
}
