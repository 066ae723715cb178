package org.provision.agent.screen;

import android.content.Context;
import android.graphics.Canvas;
import android.graphics.Paint;
import android.graphics.Path;
import android.view.View;

/**
 * A pin, as long as the hospital keeps location on: Android shows one only while an app asks where it is, and to 8.1 a locked tablet has no
 * bar that it would stand in.
 */
final class LocationSign extends View {
    private final Paint paint = new Paint(Paint.ANTI_ALIAS_FLAG);
    private final Path pin = new Path();

    LocationSign(Context context, int ink) {
        super(context);
        paint.setColor(ink);
    }

    @Override
    protected void onDraw(Canvas canvas) {
        float middle = getWidth() / 2f;
        float high = getHeight();
        float round = Math.min(middle, high * 0.3f);
        pin.reset();
        pin.setFillType(Path.FillType.EVEN_ODD);
        pin.addCircle(middle, high * 0.36f, round, Path.Direction.CW);
        pin.addCircle(middle, high * 0.36f, round * 0.4f, Path.Direction.CW);
        canvas.drawPath(pin, paint);
        pin.reset();
        pin.moveTo(middle - round * 0.87f, high * 0.36f + round * 0.5f);
        pin.lineTo(middle, high * 0.94f);
        pin.lineTo(middle + round * 0.87f, high * 0.36f + round * 0.5f);
        pin.lineTo(middle, high * 0.36f + round * 0.9f);
        pin.close();
        canvas.drawPath(pin, paint);
    }
}
